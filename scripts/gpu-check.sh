#!/usr/bin/env bash
# Measures attn on this machine's NVIDIA GPU, as Markdown for docs/performance.md, in under five minutes after set-up:
# environment; every model's loss, gradients and search against the CPU's; what is reproducible bit for bit; training
# speed beside PyTorch's; two minutes of training with BLEU and beam search. A part that fails is reported, the others go
# on; then the exit code is 1. If TensorFlow for GPUs is not set up yet, it is downloaded first (2.9 GB).
#
#   scripts/gpu-check.sh                                      # on the embedded corpus
#   scripts/gpu-check.sh --data datasets/tatoeba/prepared     # any prepared dataset
#
# Options: --python PYTHON with torch (default: python3; without it PyTorch's columns stay empty), --minutes 2 of training at
# most, --seconds 0.3 for each row of the speed table, --limit 295 seconds in all, --only SECTION,SECTION (environment,
# correctness, determinism, speed, training), --device gpu:1; --dry-run tries every part on the CPU, with tiny sizes.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case " $* " in
  *" --dry-run "*) node scripts/setup.mjs >&2 ;;
  *) ATTN_GPU=1 node scripts/setup.mjs >&2 ;;
esac
exec node --import tsx bench/gpu/check.ts "$@"
