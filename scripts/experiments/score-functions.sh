#!/usr/bin/env bash
# Do score functions differ by more than seeds do? None, dot, general and concat with three seeds each (score-functions.yaml): small
# models, 600 updates, a tenth of an epoch.
#
#   scripts/experiments/score-functions.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/score-functions.yaml" "$@"
