#!/usr/bin/env bash
# Many updates of small batches, or fewer of large ones? The same number of target tokens in both (batch-size.yaml), in a short training.
#
#   scripts/experiments/batch-size.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/batch-size.yaml" "$@"
