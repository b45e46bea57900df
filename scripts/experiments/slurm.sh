#!/usr/bin/env bash
# A comparison over five seeds on a Slurm cluster, as one job array and an evaluation after it (slurm.yaml). Call it in a folder
# that all nodes share; it submits and comes back. The same command later submits again what has died.
#
#   scripts/experiments/slurm.sh ita.txt [--dry-run] [options of attn sweep: --jobs 8 ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/slurm.yaml" "$@"
