"""Cuts the sentences of a TSV file of pairs at random, copy after copy, with SentencePiece (pip install sentencepiece).

  python sample.py PREPARED TRAIN.tsv COPIES RATE

BPE-dropout (Provilkov et al. 2020): each merge is left out with probability RATE. Prints the ids of a pair a line,
source<TAB>target, in the order of the file, for resample.ts.
"""

import sys
from pathlib import Path

import sentencepiece

prepared, train, copies, rate = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
sentencepiece.set_random_generator_seed(1)
models = [sentencepiece.SentencePieceProcessor(model_file=str(prepared / f"{side}.model")) for side in ("source", "target")]
for _ in range(copies):
    for pair in open(train, encoding="utf-8"):
        sides = pair.rstrip("\n").split("\t")[:2]
        ids = [model.encode(side, enable_sampling=True, alpha=rate, nbest_size=-1) for model, side in zip(models, sides)]
        print("\t".join(" ".join(map(str, side)) for side in ids))
