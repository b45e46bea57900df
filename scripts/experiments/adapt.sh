#!/usr/bin/env bash
# Fine-tuning: a model of the embedded corpus (everyday sentences) adapted to 2,000 pairs of package descriptions, against the same
# 2,000 pairs from scratch (adapt.yaml). With the model's own vocabularies, with vocabularies of both texts, with a part of the old data
# mixed in, and with frozen parts; before and after on both test sets.
#
#   scripts/experiments/adapt.sh ddtp.en-it.tsv [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
root=datasets/adapt
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

attn train --preset demo --score dot --data $root/old-old --out checkpoints/before
attn sweep "$here/adapt.yaml" "$@"
attn eval --bleu --checkpoints checkpoints/before --test $root/new/test.tsv --out reports/adapt-before
attn eval --bleu --checkpoints checkpoints/before checkpoints/adapt/runs --test "$embedded"/test.tsv --out reports/adapt-old
