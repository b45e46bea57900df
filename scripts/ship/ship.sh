#!/usr/bin/env bash
# The model that ships with attn: Italian to English, trained on Tatoeba (attn data fetch tatoeba) without leaks: what learns
# most in an hour on two cores and fits in 10 MB. Exported, scored and described in checkpoints/it-en of this checkout. Where the
# files dev.lines and test.lines lie beside the corpus they are the split, otherwise attn draws one.
#
#   scripts/ship/ship.sh ita.txt [--dry-run] [options of attn train: --max-steps 3000 ...]

source "$(dirname "$0")/../experiments/common.sh"
root=datasets/tatoeba
run=runs/hour
beside=$(dirname "$corpus")
lines=()
if [[ -e $beside/dev.lines ]]; then lines=(--dev-lines "$beside/dev.lines" --test-lines "$beside/test.lines"); fi

attn data split --corpus "$corpus" --columns en,it --source it --target en "${lines[@]}" --out $root
attn vocab --train $root/train.tsv --size 4000
attn prepare --train $root/train.tsv
# an hour in updates, so that the result does not depend on the machine: 23 epochs
attn train --preset best --max-steps 21000 --data $root/prepared --out $run "$@"
if [[ -z $dry_run ]]; then "$(dirname "$0")/release.sh" $run "Tatoeba, the split's test set=$root/test.tsv"; fi
