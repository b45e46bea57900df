#!/usr/bin/env bash
# How many pieces are best? The same sentences in BPE vocabularies of 1,000 to 16,000: few pieces make long sequences, many
# make rare pieces and a large output layer. Scores are computed on text, so they can be compared (vocabulary-size.yaml).
#
#   scripts/experiments/vocabulary-size.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2, --executor slurm ...]

source "$(dirname "$0")/common.sh"
attn data split --corpus "$corpus" --out datasets/leak-free
for size in 1000 2000 4000 8000 16000; do
  folder=datasets/vocabulary-size/$size
  attn vocab --train datasets/leak-free/train.tsv --size $size --out $folder/vocabulary
  attn prepare --train datasets/leak-free/train.tsv --vocabulary $folder/vocabulary --out $folder/prepared
done
attn sweep "$here/vocabulary-size.yaml" "$@"
