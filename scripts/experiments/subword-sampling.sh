#!/usr/bin/env bash
# Is it worth cutting words anew in every epoch (BPE-dropout)? A sixth of the training pairs, in the best segmentation and in random
# ones (subword-sampling.yaml). SentencePiece cuts the sentences, so a Python with it is needed.
#
#   PYTHON=venv/bin/python scripts/experiments/subword-sampling.sh ita.txt [--dry-run] [options of attn sweep: --jobs 2 ...]

source "$(dirname "$0")/common.sh"
root=datasets/sampling
leak_free
if [[ -z $dry_run ]]; then
  mkdir -p $root
  awk 'NR % 6 == 1' datasets/leak-free/train.tsv >$root/train.tsv
  cp datasets/leak-free/dev.tsv datasets/leak-free/test.tsv $root
fi
attn prepare --train $root/train.tsv --vocabulary datasets/leak-free/vocabulary --out $root/prepared
# a training of 3,000 updates reads each pair less than six times: with six copies no pair is cut the same way again
echo "+ sample.py $root/prepared $root/train.tsv 6 0.1 | resample.ts $root/prepared --out $root/sampled" >&2
if [[ -z $dry_run ]]; then
  "${PYTHON:-python3}" "$here/sample.py" $root/prepared $root/train.tsv 6 0.1 |
    "$here/../../node_modules/.bin/tsx" "$here/resample.ts" $root/prepared --out $root/sampled
fi
attn sweep "$here/subword-sampling.yaml" "$@"
