"""PyTorch's GRU encoder-decoder with dot attention, trained in rounds (rounds.py), as a competent engineer would write
it: nn.GRU over whole sequences, the source packed; with bfloat16 autocast and torch.compile if asked."""
import torch
import torch.nn.functional as F
from rounds import pad, serve
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD, BOS, EOS = 0, 2, 3


class Model(nn.Module):
    def __init__(self, embedding, hidden, source_vocabulary, target_vocabulary, dropout):
        super().__init__()
        self.source = nn.Embedding(source_vocabulary, embedding, PAD)
        self.target = nn.Embedding(target_vocabulary, embedding, PAD)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.decoder = nn.GRU(embedding, hidden, batch_first=True)
        self.combine = nn.Linear(2 * hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, target_vocabulary)
        self.dropout = nn.Dropout(dropout)

    def forward(self, source, target):
        mask = source != PAD
        words = self.dropout(self.source(source))
        packed = pack_padded_sequence(words, mask.sum(1), batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        states, _ = pad_packed_sequence(states, batch_first=True)
        queries, _ = self.decoder(self.dropout(self.target(target)), last)
        scores = (queries @ states.transpose(1, 2)).masked_fill(~mask.unsqueeze(1), -1e9)
        context = torch.softmax(scores, -1) @ states
        return self.output(self.dropout(torch.tanh(self.combine(torch.cat([context, queries], -1)))))


def start(given):
    model = Model(
        given['embedding'], given['hidden'], given['sourceVocabulary'], given['targetVocabulary'], given['dropout']
    )
    optimizer = torch.optim.Adam(model.parameters(), given['learningRate'])
    half = given['precision'] == 'bfloat16'
    forward = torch.compile(model, dynamic=True) if given['compile'] else model

    def train(number):
        pairs = given['batches'][number]
        source = pad([ids + [EOS] for ids, _ in pairs], PAD)
        before = pad([[BOS] + ids for _, ids in pairs], PAD)
        after = pad([ids + [EOS] for _, ids in pairs], PAD)
        optimizer.zero_grad()
        with torch.autocast('cpu', torch.bfloat16, enabled=half):
            logits = forward(source, before)
            loss = F.cross_entropy(
                logits.flatten(0, 1), after.flatten(), ignore_index=PAD, label_smoothing=given['labelSmoothing']
            )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), given['clipNorm'])
        optimizer.step()
        loss.item()

    return train


serve(start)
