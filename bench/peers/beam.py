"""Beam search with a checkpoint of attn (GRU, dot attention) in PyTorch, as a competent engineer would write it: batches of
sentences of similar length, one topk over all beams of a sentence, finished sentences leave the batch.

Standard input: {"model": FILE.safetensors, "beam": K, "batch": B, "type": "float32" | "bfloat16", "sources": [[ids], ...]}, ids without eos.
Prints {"seconds", "translations": [[ids], ...]}; loading does not count, and one batch is translated before timing starts.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F
from safetensors import safe_open

PAD, BOS, EOS = 0, 2, 3

class Model(torch.nn.Module):
    def __init__(self, w):
        super().__init__()
        E, H = w['encoder.embedding.weight'].shape[1], w['attention.output.weight'].shape[0]
        self.source = torch.nn.Embedding.from_pretrained(w['encoder.embedding.weight'])
        self.target = torch.nn.Embedding.from_pretrained(w['decoder.embedding.weight'])
        self.encoder = torch.nn.GRU(E, H, batch_first=True)
        self.decoder = torch.nn.GRU(E, H, batch_first=True)
        self.encoder.load_state_dict({k[12:]: v for k, v in w.items() if k.startswith('encoder.gru.')})
        self.decoder.load_state_dict({k[12:]: v for k, v in w.items() if k.startswith('decoder.gru.')})
        self.combine, self.out, self.bias = w['attention.output.weight'], w['output.weight'], w['output.bias']

    def encode(self, source):
        mask = source != PAD
        packed = torch.nn.utils.rnn.pack_padded_sequence(self.source(source), mask.sum(1), batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        return torch.nn.utils.rnn.pad_packed_sequence(states, batch_first=True)[0], mask, last[0]

    def step(self, states, mask, h, word):
        out, h = self.decoder(self.target(word).unsqueeze(1), h.unsqueeze(0))
        scores = torch.bmm(out, states.transpose(1, 2)).masked_fill(~mask.unsqueeze(1), -1e9)
        a = torch.softmax(scores, -1)
        vector = torch.tanh(F.linear(torch.cat([torch.bmm(a, states), out], -1), self.combine))
        return F.log_softmax(F.linear(vector[:, 0], self.out, self.bias).float(), -1), h[0], a[:, 0]

@torch.inference_mode()
def beam_search(model, sentences, K, alpha=1.0):
    B = len(sentences)
    longest = max(map(len, sentences)) + 1
    source = torch.zeros(B, longest, dtype=torch.long)
    for i, s in enumerate(sentences): source[i, :len(s) + 1] = torch.tensor(s + [EOS])
    limit = torch.tensor([2 * (len(s) + 1) + 10 for s in sentences])
    states, mask, h = model.encode(source)
    states, mask, h = (x.repeat_interleave(K, 0) for x in (states, mask, h))
    words = torch.full((B, K, 0), 0, dtype=torch.long)
    scores = torch.full((B, K), float('-inf')); scores[:, 0] = 0
    last = torch.full((B * K,), BOS)
    alive = list(range(B)); ended = [[] for _ in range(B)]
    while alive:
        n = len(alive)
        logp, h, _ = model.step(states, mask, h, last)
        V = logp.shape[1]
        logp[:, PAD] = logp[:, BOS] = float('-inf')
        best, index = (scores.view(-1, 1) + logp).view(n, K * V).topk(2 * K, 1)
        origin, word = index // V, index % V
        length = words.shape[2] + 1
        lp = ((5 + length) / 6) ** alpha
        is_eos = word == EOS
        # the first K unfinished ones continue
        order = (is_eos.long() * 2 * K + torch.arange(2 * K)).argsort(1)[:, :K]
        for i, k in is_eos[:, :K].nonzero().tolist():
            ended[alive[i]].append((best[i, k].item() / lp, words[i, origin[i, k]].tolist()))
        origin, word, scores = origin.gather(1, order), word.gather(1, order), best.gather(1, order)
        words = torch.cat([words.gather(1, origin.unsqueeze(2).expand(-1, -1, length - 1)), word.unsqueeze(2)], 2)
        rows = (torch.arange(n).unsqueeze(1) * K + origin).view(-1)
        keep = []
        for i, s in enumerate(alive):
            if len(ended[s]) < K and length >= limit[s]:
                ended[s] += [(scores[i, k].item() / lp, words[i, k].tolist()) for k in range(K)]
            if len(ended[s]) < K: keep.append(i)
        if len(keep) < n:
            kept = torch.tensor(keep, dtype=torch.long)
            alive = [alive[i] for i in keep]
            words, scores, word = words[kept], scores[kept], word[kept]
            rows = rows.view(n, K)[kept].view(-1)
            states, mask = states.view(n, K, *states.shape[1:])[kept].flatten(0, 1), mask.view(n, K, -1)[kept].flatten(0, 1)
        h, last = h[rows], word.reshape(-1)
    return [sorted(e, key=lambda x: -x[0]) for e in ended]

given = json.load(sys.stdin)
with safe_open(given["model"], "pt") as file:
    type = getattr(torch, given.get("type", "float32"))
    model = Model({name: file.get_tensor(name).to(type) for name in file.keys()}).to(type).eval()
beam, size, sources = given["beam"], given["batch"], given["sources"]
order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
batches = [order[at:at + size] for at in range(0, len(order), size)]
if len(batches) > 1:
    beam_search(model, [sources[i] for i in batches[0]], beam)
translations = [None] * len(order)
start = time.perf_counter()
for batch in batches:
    for i, found in zip(batch, beam_search(model, [sources[i] for i in batch], beam)):
        translations[i] = found[0][1]
print(json.dumps({"seconds": time.perf_counter() - start, "translations": translations}))
