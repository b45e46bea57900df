#!/usr/bin/env bash
# Scoring given pairs: the embedded corpus with the translations of a tenth of its pairs shuffled among themselves. A model is trained on
# all of it, noise included, and scores it. How well does the log probability per piece tell right pairs from wrong ones (area under
# the curve: the probability that a right pair scores above a wrong one), and does training without the worst tenth help?
#
#   scripts/experiments/noisy.sh data/train.tsv [--dry-run] [options of attn train: --seed 2 --threads 1 ...]

source "$(dirname "$0")/common.sh"
root=datasets/noisy
runs=checkpoints/noisy
embedded=$here/../../data
vocabulary=$root/vocabulary

if [[ -z $dry_run ]]; then
  mkdir -p $root
  # every tenth target is that of the tenth pair after it, so no wrong pair is right by chance but for repeated sentences
  awk -F '\t' -v OFS='\t' '{ source[NR] = $1; target[NR] = $2 } END {
    for (i = 1; i <= NR; i++) {
      j = i
      if (i % 10 == 0) { j = i + 10; if (j > NR) j = 10 }
      print source[i], target[j], (target[i] == target[j] ? "right" : "wrong")
    }
  }' "$corpus" >$root/labelled.tsv
  cut -f 1,2 $root/labelled.tsv >$root/noisy.tsv
  grep -P '\tright$' $root/labelled.tsv | cut -f 1,2 >$root/right.tsv
fi
attn vocab --train $root/noisy.tsv --size 3500 --out $vocabulary

# trains on a file, with the dev and test sets of the embedded corpus
train_on() {
  attn prepare --train $root/"$1".tsv --dev "$embedded"/dev.tsv --test "$embedded"/test.tsv --vocabulary $vocabulary \
    --out $root/prepared-"$1"
  attn train --preset demo --score dot --data $root/prepared-"$1" --out $runs/"$1" "${@:2}"
}

train_on noisy "$@"
if [[ -z $dry_run ]]; then
  attn score-pairs --checkpoint $runs/noisy $root/labelled.tsv >$root/scored.tsv
  # columns: log probability, the same per piece, source, target, label
  for column in 1 2; do
    LC_ALL=C sort -t $'\t' -k $column,${column}g $root/scored.tsv | awk -F '\t' -v column=$column '
      { rank++; if ($5 == "right") { right++; sum += rank } else wrong++ }
      END {
        what = column == 1 ? "log probability" : "log probability per piece"
        printf "%s: %d right pairs, %d wrong ones, area under the curve %.4f\n", what, right, wrong, (sum - right * (right + 1) / 2) / right / wrong
      }'
  done
  LC_ALL=C sort -t $'\t' -k 2,2gr $root/scored.tsv | head -n $(($(wc -l <$root/scored.tsv) * 9 / 10)) >$root/best.tsv
  echo "of the best nine tenths, wrong: $(grep -cP '\twrong$' $root/best.tsv)"
  cut -f 3,4 $root/best.tsv >$root/filtered.tsv
fi
train_on filtered "$@"
train_on right "$@"
attn eval --bleu --checkpoints $runs --test "$embedded"/test.tsv --out reports/noisy
