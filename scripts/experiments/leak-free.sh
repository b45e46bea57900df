#!/usr/bin/env bash
# How much does attention help, and which score function is best? All variants on a split without leaks: no sentence of dev or test,
# on either side, is in train (docs/data.md). 7 minutes of training per model and seed, with the recipe of compare.yaml.
#
#   scripts/experiments/leak-free.sh ita.txt [--dry-run] [options of attn compare: --seeds 1,2,3 --max-minutes 5 ...]

source "$(dirname "$0")/common.sh"
leak_free
attn compare "$here/compare.yaml" --data datasets/leak-free/prepared --scores none,dot,general,concat,general/local-p,bahdanau \
  --max-minutes 7 --out checkpoints/leak-free "$@"
