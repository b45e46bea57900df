#!/usr/bin/env bash
# Does it help to attend only near a position? Global attention against windows around the same position (local-m) and around a
# predicted one (local-p), for dot and general (Luong, Pham, Manning 2015, section 3.2).
#
#   scripts/experiments/local-global.sh ita.txt [--dry-run] [options of attn compare: --seeds 1,2,3 --max-minutes 5 ...]

source "$(dirname "$0")/common.sh"
leak_free
attn compare --data datasets/leak-free/prepared --max-steps 4000 --out checkpoints/local-global \
  --scores dot,dot/local-m,dot/local-p,general,general/local-m,general/local-p "$@"
