#!/usr/bin/env bash
# Does it help to feed the previous attention to the decoder? Each score with and without input feeding, two seeds each
# (input-feeding.yaml; Luong, Pham, Manning 2015, section 3.3). The table also shows the cost in time.
#
#   scripts/experiments/input-feeding.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/input-feeding.yaml" "$@"
