#!/usr/bin/env bash
# Does a model that is told where to look translate better, and does its attention become an alignment? Each score function with and
# without guided alignment (guided-alignment.yaml) on the embedded corpus, whose words eflomal aligns: a Python with it is needed.
#
#   PYTHON=venv/bin/python scripts/experiments/guided-alignment.sh data [--dry-run] [options of attn sweep: --jobs 2 ...]

source "$(dirname "$0")/common.sh"
if [[ -z $dry_run ]]; then
  mkdir -p datasets/guided
  "${PYTHON:-python3}" "$here/align.py" "$corpus/train.tsv" "$corpus/test.tsv" datasets/guided/train.align datasets/guided/test.gold
fi
attn vocab --train "$corpus/train.tsv" --size 2000 --out datasets/guided/vocabulary
attn prepare --train "$corpus/train.tsv" --vocabulary datasets/guided/vocabulary \
  --guided-alignment datasets/guided/train.align --out datasets/guided/prepared
attn sweep "$here/guided-alignment.yaml" "$@"
attn eval --bleu --checkpoints checkpoints/guided-alignment/runs --gold datasets/guided/test.gold --out reports/guided-alignment
