#!/usr/bin/env bash
# Which part of --preset best counts how much? The recipe, and without one part at a time (recipe.yaml), in short trainings.
#
#   scripts/experiments/recipe.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
leak_free
attn sweep "$here/recipe.yaml" "$@"
