#!/usr/bin/env bash
# Filtering a noisy corpus: every tenth pair gets the translation of the tenth pair after it. How well does a model's log probability
# tell right pairs from wrong ones? Area under the curve: the probability that a right pair scores above a wrong one.
#
#   scripts/experiments/noisy.sh PAIRS.tsv [--dry-run] --checkpoint RUN [other options of attn score-pairs]

source "$(dirname "$0")/common.sh"
root=datasets/noisy
if [[ -n $dry_run ]]; then
  attn score-pairs "$@" $root/labelled.tsv
  exit
fi
mkdir -p $root
awk -F '\t' -v OFS='\t' '{ source[NR] = $1; target[NR] = $2 } END {
  for (i = 1; i <= NR; i++) {
    j = i
    if (i % 10 == 0) { j = i + 10; if (j > NR) j = 10 }
    print source[i], target[j], (target[i] == target[j] ? "right" : "wrong")
  }
}' "$corpus" >$root/labelled.tsv
attn score-pairs "$@" $root/labelled.tsv >$root/scored.tsv
# columns: log probability, the same per piece, source, target, label
for column in 1 2; do
  LC_ALL=C sort -t $'\t' -k $column,${column}g $root/scored.tsv | awk -F '\t' -v column=$column '
    { rank++; if ($5 == "right") { right++; sum += rank } else wrong++ }
    END {
      what = column == 1 ? "log probability" : "log probability per piece"
      area = (sum - right * (right + 1) / 2) / right / wrong
      printf "%s: %d right pairs, %d wrong ones, area under the curve %.4f\n", what, right, wrong, area
    }'
done
LC_ALL=C sort -t $'\t' -k 2,2g $root/scored.tsv | awk -v n=$(($(wc -l <$root/scored.tsv) / 10)) 'NR <= n' >$root/worst.tsv
echo "of the worst tenth, $(grep -c $'\twrong$' $root/worst.tsv) of $(wc -l <$root/worst.tsv) are wrong"
