#!/usr/bin/env bash
# Which learning rate is best? Five rates for dot and for concat (learning-rate.yaml): the best one differs between score functions,
# so a comparison at one rate also compares how well that rate suits each of them.
#
#   scripts/experiments/learning-rate.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/learning-rate.yaml" "$@"
