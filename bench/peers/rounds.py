"""The protocol between a peer that trains in rounds and its benchmark: lines of JSON on standard input and output."""
import json
import sys
import time

import torch


def serve(start):
    """The first line describes the training: sizes, `threads`, and `batches`, each a list of pairs [source ids, target ids] without
    eos. From it `start` makes a function that trains on one batch, given its number. Each further line is a list of batch
    numbers; the answer has the seconds for each, and the processor time for all."""
    given = json.loads(sys.stdin.readline())
    torch.manual_seed(1)
    torch.set_num_threads(given['threads'])
    train = start(given)
    for line in sys.stdin:
        seconds = []
        processor = time.process_time()
        for number in json.loads(line):
            begun = time.perf_counter()
            train(number)
            seconds.append(time.perf_counter() - begun)
        answer = {'seconds': seconds, 'processor': time.process_time() - processor}
        print(json.dumps(answer), flush=True)


def pad(sentences, filler):
    """Lists of ids as a tensor, padded to the longest."""
    longest = max(map(len, sentences))
    return torch.tensor([ids + [filler] * (longest - len(ids)) for ids in sentences])
