"""How a peer that trains in rounds talks with its benchmark: lines of JSON on standard input and output."""
import json
import sys
import time

import torch


def serve(start):
    """The first line says what to train: sizes, `threads`, and `batches`, each a list of pairs [source ids, target ids] without
    eos. `start` makes of it a function that trains on one of the batches, given by its number. Each line after it is a list
    of numbers of batches; the answer is the seconds that each took."""
    given = json.loads(sys.stdin.readline())
    torch.manual_seed(1)
    torch.set_num_threads(given['threads'])
    train = start(given)
    for line in sys.stdin:
        seconds = []
        for number in json.loads(line):
            begun = time.perf_counter()
            train(number)
            seconds.append(time.perf_counter() - begun)
        print(json.dumps(seconds), flush=True)


def pad(sentences, filler):
    """Lists of ids as a tensor of as many columns as the longest has."""
    longest = max(map(len, sentences))
    return torch.tensor([ids + [filler] * (longest - len(ids)) for ids in sentences])
