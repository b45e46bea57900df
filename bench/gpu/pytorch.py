"""PyTorch's side of scripts/gpu-check.sh: target tokens per second in training steps, as lines of JSON.

nn.GRU by cuDNN or nn.Transformer with scaled_dot_product_attention, TF32 or bfloat16 autocast, fused Adam; nothing is read
back before the last step. `graph` is the whole step captured as a CUDA graph, which PyTorch does not do by itself.
"""
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
tiny = sys.argv[2] == 'tiny'  # a trial on the CPU
device = 'cpu' if tiny else 'cuda'
steps = 2 if tiny else 16
if tiny:
    torch.set_num_threads(1)


class Recurrent(nn.Module):
    """GRU encoder, GRU decoder, dot attention (Luong)."""

    def __init__(self, embedding, hidden, vocabulary):
        super().__init__()
        self.source, self.target = nn.Embedding(vocabulary, embedding), nn.Embedding(vocabulary, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.decoder = nn.GRU(embedding, hidden, batch_first=True)
        self.attention, self.output = nn.Linear(2 * hidden, hidden, bias=False), nn.Linear(hidden, vocabulary)

    def forward(self, source, words):
        states, last = self.encoder(self.source(source))
        queries, _ = self.decoder(self.target(words), last)
        weights = torch.softmax(queries @ states.transpose(1, 2), -1)
        return self.output(torch.tanh(self.attention(torch.cat([weights @ states, queries], -1))))


class Transformer(nn.Module):
    """Three layers, four heads, output tied to the target embedding: the preset `transformer`."""

    def __init__(self, size, inner, vocabulary, length):
        super().__init__()
        self.size = size
        self.source, self.target = nn.Embedding(vocabulary, size), nn.Embedding(vocabulary, size)
        self.positions = nn.Parameter(torch.randn(length, size) * 0.1, requires_grad=False)
        self.body = nn.Transformer(size, 4, 3, 3, inner, 0.0, batch_first=True, norm_first=True)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.register_buffer('mask', nn.Transformer.generate_square_subsequent_mask(length))

    def forward(self, source, words):
        def embed(table, ids):
            return table(ids) * self.size**0.5 + self.positions

        x = self.body(embed(self.source, source), embed(self.target, words), tgt_mask=self.mask, tgt_is_causal=True)
        return F.linear(x, self.target.weight, self.bias)


def measure(make, vocabulary, batch, length, mode, seconds):
    torch.manual_seed(1)
    model = make().to(device)
    graphed = mode.endswith('graph')
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True, capturable=graphed)
    source, words, targets = (torch.randint(4, vocabulary, (batch, length), device=device) for _ in range(3))

    def step():
        optimizer.zero_grad(set_to_none=not graphed)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=mode.startswith('bfloat16')):
            loss = F.cross_entropy(model(source, words).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        return loss

    run = step
    if graphed:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            loss = step()

        def run():
            graph.replay()
            return loss

    for _ in range(3):
        run()
    if not tiny:
        torch.cuda.synchronize()
    rates, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(rates) < 3:
        begun = time.perf_counter()
        for _ in range(steps):
            loss = run()
        loss.item()
        rates.append(steps * batch * length / (time.perf_counter() - begun))
    return sorted(rates)[len(rates) // 2]


def main():
    if not tiny and not torch.cuda.is_available():
        sys.exit('PyTorch: error: it sees no card')
    seconds = float(sys.argv[1])
    length = 12
    kinds = {
        'gru E256 H256 V4000': (lambda: Recurrent(256, 256, 4000), 4000),
        'gru E512 H1024 V8000': (lambda: Recurrent(512, 1024, 8000), 8000),
        'transformer E192 H192 V4000': (lambda: Transformer(192, 512, 4000, length), 4000),
    }
    batches, modes = (3000, 12000, 48000), ('float32', 'bfloat16', 'float32 graph')
    if tiny:
        kinds = {
            'gru E16 H16 V100': (lambda: Recurrent(16, 16, 100), 100),
            'transformer E16 H16 V100': (lambda: Transformer(16, 32, 100, length), 100),
        }
        batches, modes = (120,), ('float32', 'bfloat16')
    for kind, (make, vocabulary) in kinds.items():
        for tokens in batches:
            for mode in modes:
                row = {'kind': kind, 'tokens': tokens, 'mode': mode}
                try:
                    row['rate'] = measure(make, vocabulary, tokens // length, length, mode, seconds)
                except Exception as error:
                    row['error'] = str(error).split('\n')[0]
                print(json.dumps(row), flush=True)
                if not tiny:
                    torch.cuda.empty_cache()


main()
