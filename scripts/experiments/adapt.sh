#!/usr/bin/env bash
# Fine-tuning: a model of the embedded corpus (everyday sentences) adapted to 2,000 pairs of package descriptions, against the same
# 2,000 pairs from scratch. With the model's own vocabularies, with vocabularies of both texts, with a part of the old data mixed in,
# and with frozen parts; before and after on both test sets.
#
#   scripts/experiments/adapt.sh ddtp.en-it.tsv [--dry-run] [options of attn train: --seed 2 --threads 1 ...]

source "$(dirname "$0")/common.sh"
root=datasets/adapt
runs=checkpoints/adapt
embedded=$here/../../data

attn data split --corpus "$corpus" --columns en,it --source it --target en --out $root/all
if [[ -z $dry_run ]]; then
  mkdir -p $root/new
  shuf -n 2000 --random-source=<(yes) $root/all/train.tsv >$root/new/train.tsv
  for split in dev test; do head -n 500 $root/all/$split.tsv >$root/new/$split.tsv; done
  cat "$embedded"/train.tsv $root/new/train.tsv >$root/both.tsv
fi

# vocabularies of the old text, and of both
attn vocab --train "$embedded"/train.tsv --size 3800 --out $root/vocabulary-old
attn vocab --train $root/both.tsv --size 5000 --out $root/vocabulary-both
for vocabulary in old both; do
  attn prepare --train "$embedded"/train.tsv --vocabulary $root/vocabulary-$vocabulary --out $root/old-$vocabulary
  attn prepare --train $root/new/train.tsv --vocabulary $root/vocabulary-$vocabulary --max-length 60 \
    --out $root/new-$vocabulary
done

tune=(--max-steps 400 --validate-every 50 --dropout 0.2 --label-smoothing 0.1 --batch-tokens 1000 --max-shapes 8)
attn train --preset demo --score dot --data $root/old-old --out $runs/before "$@"
attn train --preset demo --score dot "${tune[@]}" --data $root/new-both --out $runs/scratch "$@"
attn train --from $runs/before "${tune[@]}" --data $root/new-old --out $runs/same-vocabularies "$@"
attn train --from $runs/before "${tune[@]}" --data $root/new-both --out $runs/new-vocabularies "$@"
attn train --from $runs/before "${tune[@]}" --data $root/new-both --learning-rate 8e-3 --out $runs/whole-rate "$@"
attn train --from $runs/before "${tune[@]}" --data $root/new-both --mix $root/old-both:0.3 --out $runs/mixed "$@"
attn train --from $runs/before "${tune[@]}" --data $root/new-both --freeze encoder,decoder --out $runs/frozen "$@"
attn eval --bleu --checkpoints $runs --test $root/new/test.tsv --out reports/adapt-new
attn eval --bleu --checkpoints $runs --test "$embedded"/test.tsv --out reports/adapt-old
