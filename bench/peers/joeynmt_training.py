"""JoeyNMT's recurrent model trained in rounds (rounds.py), with its own model, loss, optimiser and clipping, in the order of
its `TrainManager`. JoeyNMT is unchanged, so this is its configuration closest to a unidirectional GRU with dot attention:

- its recurrent encoder only works with `bidirectional: true` (2.3.0), so each direction gets half the hidden size;
- `attention: luong` is Luong's general score;
- `init_hidden: last` and `input_feeding: false` are as in attn;
- its output layer has no bias, its attention vector has one.
"""
import logging

logging.disable(logging.INFO)

import torch
from joeynmt.batch import Batch
from joeynmt.builders import build_gradient_clipper, build_optimizer
from joeynmt.model import build_model
from joeynmt_ids import BOS, EOS, PAD, joey_id, vocabulary
from rounds import pad, serve


def configuration(given):
    embeddings = {'embedding_dim': given['embedding'], 'dropout': given['dropout']}
    return {
        'encoder': {
            'type': 'recurrent',
            'rnn_type': 'gru',
            'embeddings': embeddings,
            'hidden_size': given['hidden'] // 2,
            'bidirectional': True,
        },
        'decoder': {
            'type': 'recurrent',
            'rnn_type': 'gru',
            'embeddings': embeddings,
            'hidden_size': given['hidden'],
            'hidden_dropout': given['dropout'],
            'attention': 'luong',
            'input_feeding': False,
            'init_hidden': 'last',
        },
    }


def start(given):
    model = build_model(
        configuration(given), vocabulary(given['sourceVocabulary']), vocabulary(given['targetVocabulary'])
    )
    model.loss_function = ('crossentropy', given['labelSmoothing'])
    optimizer = build_optimizer({'optimizer': 'adam', 'learning_rate': given['learningRate']}, model.parameters())
    clip = build_gradient_clipper({'clip_grad_norm': given['clipNorm'], 'clip_grad_val': None})
    batches = [
        [(list(map(joey_id, source)), list(map(joey_id, target))) for source, target in pairs]
        for pairs in given['batches']
    ]

    def train(number):
        pairs = batches[number]
        batch = Batch(
            src=pad([source + [EOS] for source, _ in pairs], PAD),
            src_length=torch.tensor([len(source) + 1 for source, _ in pairs]),
            src_prompt_mask=None,
            trg=pad([[BOS] + target + [EOS] for _, target in pairs], PAD),
            trg_prompt_mask=None,
            indices=torch.arange(len(pairs)),
            device=torch.device('cpu'),
            pad_index=PAD,
            eos_index=EOS,
        )
        model.train()
        batch.sort_by_src_length()
        total, _, _, correct = model(return_type='loss', **vars(batch))
        loss = batch.normalize(total, normalization='tokens')
        loss.backward()
        correct.item()
        clip(parameters=model.parameters())
        optimizer.step()
        model.zero_grad()
        loss.item()

    return train


serve(start)
