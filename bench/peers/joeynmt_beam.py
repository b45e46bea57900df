"""JoeyNMT's beam search with the parameters of a checkpoint of attn (unidirectional GRU, dot attention). Input and output as in beam.py.

The model is built from JoeyNMT's parts, extended where they cannot hold these parameters: a unidirectional encoder and an output
layer with a bias. Its luong attention is the general score, which with W = I is the dot score. The search is JoeyNMT's.
"""
import json
import logging
import sys
import time

logging.disable(logging.INFO)

import torch
from joeynmt.batch import Batch
from joeynmt.decoders import RecurrentDecoder
from joeynmt.embeddings import Embeddings
from joeynmt.encoders import RecurrentEncoder
from joeynmt.model import Model
from joeynmt.search import search
from joeynmt_ids import EOS, PAD, joey_id, vocabulary
from rounds import pad
from safetensors import safe_open
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class OneWayEncoder(RecurrentEncoder):
    """Its base class with `bidirectional=False`, whose own `forward` expects a backward state anyway (2.3.0)."""

    def forward(self, src_embed, src_length, mask, **kwargs):
        packed = pack_padded_sequence(src_embed, src_length.cpu(), batch_first=True)
        output, hidden = self.rnn(packed)
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=src_embed.size(1))
        return output, hidden[-1]


def load(path):
    with safe_open(path, 'pt') as file:
        ours = {name: file.get_tensor(name) for name in file.keys()}

    def reordered(name):
        """Reorders rows to JoeyNMT's ids."""
        rows = ours[name]
        return rows[[joey_id(id) for id in range(len(rows))]]

    sizes = {side: ours[f'{side}.embedding.weight'].shape for side in ('encoder', 'decoder')}
    (sources, embedding), (targets, _) = sizes['encoder'], sizes['decoder']
    combine = ours['attention.output.weight']
    hidden = len(combine)
    encoder = OneWayEncoder(hidden_size=hidden, emb_size=embedding, bidirectional=False)
    decoder = RecurrentDecoder(
        emb_size=embedding,
        hidden_size=hidden,
        encoder=encoder,
        attention='luong',
        vocab_size=targets,
        init_hidden='last',
        input_feeding=False,
    )
    decoder.output_layer = nn.Linear(hidden, targets)
    model = Model(
        encoder=encoder,
        decoder=decoder,
        src_embed=Embeddings(embedding, vocab_size=sources, padding_idx=PAD),
        trg_embed=Embeddings(embedding, vocab_size=targets, padding_idx=PAD),
        src_vocab=vocabulary(sources),
        trg_vocab=vocabulary(targets),
    )
    state = {
        'src_embed.lut.weight': reordered('encoder.embedding.weight'),
        'trg_embed.lut.weight': reordered('decoder.embedding.weight'),
        'decoder.output_layer.weight': reordered('output.weight'),
        'decoder.output_layer.bias': reordered('output.bias'),
        'decoder.attention.key_layer.weight': torch.eye(hidden),
        # ours multiplies [context; state], JoeyNMT's [state; context]
        'decoder.att_vector_layer.weight': torch.cat([combine[:, hidden:], combine[:, :hidden]], 1),
        'decoder.att_vector_layer.bias': torch.zeros(hidden),
    }
    for name, value in ours.items():
        side, layer, *rest = name.split('.')
        if layer == 'gru':
            state['.'.join([side, 'rnn', *rest])] = value
    model.load_state_dict(state)
    return model.eval()


def translate(model, sentences, beam):
    lengths = [len(ids) + 1 for ids in sentences]
    batch = Batch(
        src=pad([list(map(joey_id, ids)) + [EOS] for ids in sentences], PAD),
        src_length=torch.tensor(lengths),
        src_prompt_mask=None,
        trg=None,
        trg_prompt_mask=None,
        indices=torch.arange(len(sentences)),
        device=torch.device('cpu'),
        pad_index=PAD,
        eos_index=EOS,
        is_train=False,
    )
    order = batch.sort_by_src_length()
    found, _, _ = search(model, batch, max_output_length=2 * max(lengths) + 10, beam_size=beam, beam_alpha=1.0)
    return [[joey_id(id) for id in ids if id not in (PAD, EOS)] for ids in found[order].tolist()]


given = json.load(sys.stdin)
model = load(given['model'])
beam, size, sources = given['beam'], given['batch'], given['sources']
order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
batches = [order[at : at + size] for at in range(0, len(order), size)]
if len(batches) > 1:
    translate(model, [sources[i] for i in batches[0]], beam)
translations = [None] * len(order)
start = time.perf_counter()
for batch in batches:
    for i, found in zip(batch, translate(model, [sources[i] for i in batch], beam)):
        translations[i] = found
print(json.dumps({'seconds': time.perf_counter() - start, 'translations': translations}))
