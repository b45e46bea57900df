#!/usr/bin/env bash
# How much does attention help, and which score function is best? All of them with three seeds each (score-functions.yaml), on a
# split without leaks: no sentence of dev or test, on either side, is in train (docs/data.md).
#
#   scripts/experiments/score-functions.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/score-functions.yaml" "$@"
