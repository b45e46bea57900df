"""CTranslate2's beam search with a transformer checkpoint of attn, converted by its own API (TransformerSpec).

Standard input: {"model": FILE.safetensors, "heads": h, "activation": "relu" | "gelu", "threads": T, "batch": B,
"searches": [{"beam": K, "type": "float32" | "int8"}], "sources": [[ids], ...]}, ids without eos.
Prints, for each search, {"seconds", "translations": [[ids], ...]}; converting and loading do not count, and some sentences
are translated before timing starts. As many batches are translated at a time as there are threads, each on one: the fastest way for many
sentences. Scores are divided by length ^ 1, which is not GNMT's penalty.
"""
import json
import sys
import tempfile
import time

import ctranslate2
import numpy as np
from ctranslate2.specs import TransformerSpec, common_spec
from safetensors.numpy import load_file

UNKNOWN, BOS, EOS = 1, 2, 3
POSITIONS = 512


def sinusoids(size):
    angles = np.arange(POSITIONS)[:, None] / 10000 ** (np.arange(0, size, 2) / size)
    return np.stack([np.sin(angles), np.cos(angles)], 2).reshape(POSITIONS, -1)[:, :size].astype(np.float32)


def convert(path, heads, activation, folder):
    weights = load_file(path)
    layers = 1 + max(int(name.split('.')[2]) for name in weights if name.startswith('decoder.layers.'))
    kind = {'relu': common_spec.Activation.RELU, 'gelu': common_spec.Activation.GELU}[activation]
    spec = TransformerSpec.from_config(layers, heads, pre_norm=True, activation=kind)

    def linear(to, weight, bias):
        to.weight, to.bias = np.ascontiguousarray(weight), np.ascontiguousarray(bias)

    def named(to, name):
        linear(to, weights[f'{name}.weight'], weights[f'{name}.bias'])

    def norm(to, name):
        to.gamma, to.beta = weights[f'{name}.weight'], weights[f'{name}.bias']

    def self_attention(to, name, own_norm):
        norm(to.layer_norm, own_norm)
        linear(to.linear[0], weights[f'{name}.in_proj_weight'], weights[f'{name}.in_proj_bias'])
        named(to.linear[1], f'{name}.out_proj')

    def source_attention(to, name, own_norm):
        norm(to.layer_norm, own_norm)
        weight, bias = weights[f'{name}.in_proj_weight'], weights[f'{name}.in_proj_bias']
        size = weight.shape[1]
        linear(to.linear[0], weight[:size], bias[:size])
        linear(to.linear[1], weight[size:], bias[size:])
        named(to.linear[2], f'{name}.out_proj')

    def feed_forward(to, name, own_norm):
        norm(to.layer_norm, own_norm)
        named(to.linear_0, f'{name}.linear1')
        named(to.linear_1, f'{name}.linear2')

    source = weights['encoder.embedding.weight']
    target = weights.get('decoder.embedding.weight', source)
    spec.encoder.embeddings[0].weight = source
    spec.decoder.embeddings.weight = target
    linear(spec.decoder.projection, weights.get('output.weight', target), weights['output.bias'])
    for side, to in (('encoder', spec.encoder), ('decoder', spec.decoder)):
        to.position_encodings.encodings = weights.get(f'{side}.positions.weight', sinusoids(source.shape[1]))
        norm(to.layer_norm, f'{side}.norm')
        for i, layer in enumerate(to.layer):
            name = f'{side}.layers.{i}'
            self_attention(layer.self_attention, f'{name}.self_attn', f'{name}.norm1')
            if side == 'decoder':
                source_attention(layer.attention, f'{name}.multihead_attn', f'{name}.norm2')
            feed_forward(layer.ffn, name, f'{name}.norm{3 if side == "decoder" else 2}')
    # a token is the decimal form of its id
    spec.register_source_vocabulary([str(id) for id in range(len(source))])
    spec.register_target_vocabulary([str(id) for id in range(len(target))])
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = str(UNKNOWN), str(BOS), str(EOS)
    spec.config.decoder_start_token = str(BOS)
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize()
    spec.save(folder)


given = json.load(sys.stdin)
sources = [[str(id) for id in source] for source in given['sources']]
results = []
with tempfile.TemporaryDirectory() as folder:
    convert(given['model'], given['heads'], given['activation'], folder)
    for search in given['searches']:
        translator = ctranslate2.Translator(folder, compute_type=search['type'], inter_threads=given['threads'], intra_threads=1)
        options = {'beam_size': search['beam'], 'max_batch_size': given['batch'], 'length_penalty': 1 if search['beam'] > 1 else 0,
                   'disable_unk': True}
        translator.translate_batch(sources[:2 * given['threads'] * given['batch']], **options)
        start = time.perf_counter()
        found = translator.translate_batch(sources, **options)
        seconds = time.perf_counter() - start
        results.append({'seconds': seconds, 'translations': [[int(token) for token in one.hypotheses[0]] for one in found]})
print(json.dumps(results))
