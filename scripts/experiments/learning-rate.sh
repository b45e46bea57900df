#!/usr/bin/env bash
# Which learning rate? Five of them, for dot and for concat (learning-rate.yaml): the best one is not the same for every score,
# and a comparison of scores at one rate is also a comparison of how well it suits them.
#
#   scripts/experiments/learning-rate.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/learning-rate.yaml" "$@"
