#!/usr/bin/env bash
# A comparison over five seeds on a Slurm cluster, as one job array and an evaluation after it (slurm.yaml). Run it in a folder
# that all nodes share; it submits and returns. The same command later resubmits what has died.
#
#   scripts/experiments/slurm.sh ita.txt [--dry-run] [options of attn sweep: --jobs 8 ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/slurm.yaml" "$@"
