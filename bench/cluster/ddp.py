"""The peer of worker.ts: the same model and batches in PyTorch, several processes by DistributedDataParallel on gloo.

RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT as torchrun sets them; or those of mpiexec. Prints one line of JSON.
"""
import json
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

E, H, V, B, L = 256, 256, 4000, 150, 20
rank = int(os.environ.get('PMI_RANK', os.environ.get('RANK', 0)))
size = int(os.environ.get('PMI_SIZE', os.environ.get('WORLD_SIZE', 1)))
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 12
torch.set_num_threads(1)
torch.manual_seed(1 + rank)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(V, E), nn.Embedding(V, E)
        self.encoder, self.decoder = nn.GRU(E, H, batch_first=True), nn.GRU(E, H, batch_first=True)
        self.combine, self.output = nn.Linear(2 * H, H, bias=False), nn.Linear(H, V)
        self.dropout = nn.Dropout(0.2)

    def forward(self, source, words):
        states, last = self.encoder(self.dropout(self.source(source)))
        queries, _ = self.decoder(self.dropout(self.target(words)), last)
        context = torch.softmax(queries @ states.transpose(1, 2), -1) @ states
        return self.output(self.dropout(torch.tanh(self.combine(torch.cat([context, queries], -1)))))


model = Model()
parameters = sum(p.numel() for p in model.parameters())
trained = model
if size > 1:
    dist.init_process_group('gloo', rank=rank, world_size=size)
    trained = nn.parallel.DistributedDataParallel(model)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
source, words, answers = (torch.randint(4, V, (B, L)) for _ in range(3))
times = []
for i in range(steps + 2):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = F.cross_entropy(trained(source, words).flatten(0, 1), answers.flatten(), label_smoothing=0.1)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss.item()
    if i >= 2:
        times.append((time.perf_counter() - start) * 1000)
sums = []
vector = torch.ones(parameters)
for _ in range(min(8, steps) if size > 1 else 0):
    dist.barrier()
    start = time.perf_counter()
    dist.all_reduce(vector)
    sums.append((time.perf_counter() - start) * 1000)
median = lambda values: sorted(values)[len(values) // 2] if values else 0
if rank == 0:
    update = median(times)
    print(json.dumps({'workers': size, 'wire': 'DDP', 'parameters': parameters, 'update': update,
                      'reduce': median(sums), 'tokens': 1000 * size * B * L / update}))
if size > 1:
    dist.destroy_process_group()
