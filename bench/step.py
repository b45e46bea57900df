"""One training step of the GRU encoder-decoder with dot attention in PyTorch, the peer of bench/step.ts.

Reads {"batch", "length", "embedding", "hidden", "vocabulary", "repeats", "threads"}, prints the milliseconds of each step.
"""
import json
import sys
import time

options = json.load(sys.stdin)
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(options['threads'])
torch.manual_seed(1)
B, L, E, H, V = (options[k] for k in ('batch', 'length', 'embedding', 'hidden', 'vocabulary'))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(V, E), nn.Embedding(V, E)
        self.encoder, self.decoder = nn.GRU(E, H, batch_first=True), nn.GRU(E, H, batch_first=True)
        self.attention, self.output = nn.Linear(2 * H, H, bias=False), nn.Linear(H, V)

    def forward(self, source, words):
        states, last = self.encoder(self.source(source))
        queries, _ = self.decoder(self.target(words), last)
        weights = torch.softmax(queries @ states.transpose(1, 2), -1)
        return self.output(torch.tanh(self.attention(torch.cat([weights @ states, queries], -1))))


model = Model()
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
source, words, answers = (torch.randint(4, V, (B, L)) for _ in range(3))


def step():
    optimizer.zero_grad()
    loss = F.cross_entropy(model(source, words).flatten(0, 1), answers.flatten())
    loss.backward()
    optimizer.step()
    return loss.item()


for _ in range(3):
    step()
times = []
for _ in range(options['repeats']):
    start = time.perf_counter()
    step()
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps(times))
