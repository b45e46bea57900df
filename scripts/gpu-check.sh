#!/usr/bin/env bash
# Measures attn on this machine's NVIDIA GPU, as Markdown for docs/performance.md, in under five minutes: environment, every
# model's gradients against the CPU's, training speed beside PyTorch's (left out if `python3` has no torch), two
# minutes of training with BLEU and beam search, and what is reproducible bit for bit.
#
#   scripts/gpu-check.sh --data datasets/tatoeba/prepared     # any prepared dataset; default: the embedded corpus
#
# Options: --minutes 2 of training, --seconds 0.3 for each row of the speed table, --python PYTHON, --only SECTION,SECTION
# (environment, correctness, speed, training, determinism).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
node scripts/setup.mjs >&2
exec node --import tsx bench/gpu/check.ts "$@"
