"""The peer of vocabulary.ts and vocabulary-parity.ts: reads a list of tasks as JSON, prints the result of each.

{"train": {"input", "out", "type", "size", "bytes"}}          -> {"seconds"}; the model is OUT.model
{"encode": {"model", "input", "threads", "ids"}}              -> {"seconds", "pieces"} and, if requested, {"ids"}
"""

import json
import sys
import time

import sentencepiece


def train(input, out, type, size, bytes):
    start = time.perf_counter()
    sentencepiece.SentencePieceTrainer.train(
        input=input, model_prefix=out, model_type=type, vocab_size=size, byte_fallback=bytes,
        pad_id=0, unk_id=1, bos_id=2, eos_id=3, minloglevel=2,
    )
    return {"seconds": time.perf_counter() - start}


def encode(model, input, threads, ids):
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    with open(input, encoding="utf-8", newline="\n") as file:
        sentences = file.read().split("\n")[:-1]
    start = time.perf_counter()
    encoded = processor.encode(sentences, num_threads=threads)
    result = {"seconds": time.perf_counter() - start, "pieces": sum(map(len, encoded))}
    return {**result, "ids": encoded} if ids else result


tasks = {"train": train, "encode": encode}
print(json.dumps([tasks[name](**given) for task in json.load(sys.stdin) for name, given in task.items()]))
