"""The peer of bench/transformer.ts: PyTorch's nn.Transformer of the same size on the same batches.

Reads {"size", "heads", "layers", "inner", "vocabulary", "dropout", "threads", "shapes": [[batch, source, target]],
"repeats", "decode": {"batch", "source", "words"}} from stdin; prints, for float32 and for bfloat16 autocast and each
kind of work, {"seconds", "cpu"}: training over all shapes, greedy decoding that runs the decoder over the whole prefix
at every word (all that nn.Transformer offers), and greedy decoding with a cache of keys and values written by hand
around the same weights.
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

given = json.load(sys.stdin)
SIZE, HEADS, LAYERS, VOCABULARY = given['size'], given['heads'], given['layers'], given['vocabulary']
torch.set_num_threads(given['threads'])
torch.manual_seed(1)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Transformer(SIZE, HEADS, LAYERS, LAYERS, given['inner'], given['dropout'], 'relu',
                                          batch_first=True, norm_first=True)
        self.source, self.target = nn.Embedding(VOCABULARY, SIZE), nn.Embedding(VOCABULARY, SIZE)
        self.output = nn.Linear(SIZE, VOCABULARY)
        self.output.weight = self.target.weight
        self.dropout = nn.Dropout(given['dropout'])
        angles = torch.arange(512)[:, None] / 10000 ** (torch.arange(0, SIZE, 2) / SIZE)
        self.register_buffer('places', torch.stack([angles.sin(), angles.cos()], 2).flatten(1))

    def embed(self, table, ids, start=0):
        return self.dropout(table(ids) * math.sqrt(SIZE) + self.places[start:start + ids.shape[1]])

    def forward(self, source, inputs):
        padding = source == 0
        causal = nn.Transformer.generate_square_subsequent_mask(inputs.shape[1], dtype=torch.bool)
        rows = self.transformer(self.embed(self.source, source), self.embed(self.target, inputs), tgt_mask=causal,
                                tgt_is_causal=True, src_key_padding_mask=padding, memory_key_padding_mask=padding)
        return self.output(rows)


model = Translator()
ids = lambda *shape: torch.randint(4, VOCABULARY, shape)


def timed(work):
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return {'seconds': time.perf_counter() - start, 'cpu': time.process_time() - cpu}


def autocast(precision):
    return torch.autocast('cpu', torch.bfloat16, enabled=precision == 'bfloat16')


def train(precision):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    batches = [(ids(b, s), ids(b, t), ids(b, t)) for b, s, t in given['shapes']]

    def steps(count):
        for _ in range(count):
            for source, inputs, outputs in batches:
                optimizer.zero_grad()
                with autocast(precision):
                    logits = model(source, inputs)
                    loss = F.cross_entropy(logits.flatten(0, 1), outputs.flatten(), ignore_index=0, label_smoothing=.1)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()

    steps(1)
    return timed(lambda: steps(given['repeats']))


def decode_whole(source, words):
    encoder, decoder = model.transformer.encoder, model.transformer.decoder
    padding = source == 0
    memory = encoder(model.embed(model.source, source), src_key_padding_mask=padding)
    prefix = torch.full((len(source), 1), 2)
    for _ in range(words):
        causal = nn.Transformer.generate_square_subsequent_mask(prefix.shape[1], dtype=torch.bool)
        rows = decoder(model.embed(model.target, prefix), memory, tgt_mask=causal, tgt_is_causal=True,
                       memory_key_padding_mask=padding)
        prefix = torch.cat([prefix, model.output(rows[:, -1]).argmax(-1, keepdim=True)], 1)
    return prefix


def decode_cached(source, words):
    split = lambda x: x.unflatten(-1, (HEADS, -1)).transpose(1, 2)
    layers = model.transformer.decoder.layers
    padding = source == 0
    memory = model.transformer.encoder(model.embed(model.source, source), src_key_padding_mask=padding)
    seen = (~padding)[:, None, None]
    part = lambda attention, x, start, end: F.linear(
        x, attention.in_proj_weight[start * SIZE:end * SIZE], attention.in_proj_bias[start * SIZE:end * SIZE])
    cross = [[split(x) for x in part(layer.multihead_attn, memory, 1, 3).chunk(2, -1)] for layer in layers]
    own = [None] * LAYERS
    prefix = torch.full((len(source), 1), 2)
    for step in range(words):
        x = model.embed(model.target, prefix[:, -1:], step)
        for i, layer in enumerate(layers):
            q, k, v = (split(part) for part in part(layer.self_attn, layer.norm1(x), 0, 3).chunk(3, -1))
            own[i] = (k, v) if own[i] is None else (torch.cat([own[i][0], k], 2), torch.cat([own[i][1], v], 2))
            join = lambda attention, heads: attention.out_proj(heads.transpose(1, 2).flatten(2))
            x = x + join(layer.self_attn, F.scaled_dot_product_attention(q, *own[i]))
            q = split(part(layer.multihead_attn, layer.norm2(x), 0, 1))
            x = x + join(layer.multihead_attn, F.scaled_dot_product_attention(q, *cross[i], attn_mask=seen))
            x = x + layer.linear2(F.relu(layer.linear1(layer.norm3(x))))
        logits = model.output(model.transformer.decoder.norm(x[:, -1]))
        prefix = torch.cat([prefix, logits.argmax(-1, keepdim=True)], 1)
    return prefix


def decoding(decode, precision):
    shape = given['decode']
    source = ids(shape['batch'], shape['source'])
    model.eval()
    with torch.inference_mode(), autocast(precision):
        decode(source, shape['words'])
        return timed(lambda: decode(source, shape['words']))


def check():
    """Checks that both ways of decoding give the same result."""
    model.eval()
    source = ids(4, 6)
    with torch.inference_mode():
        assert torch.equal(decode_whole(source, 8), decode_cached(source, 8))


check()
print(json.dumps({
    precision: {
        'training': train(precision),
        'whole': decoding(decode_whole, precision),
        'cached': decoding(decode_cached, precision),
    } for precision in ('float32', 'bfloat16')
}))
