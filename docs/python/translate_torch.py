"""Translates the lines of standard input with a GRU model of attn in PyTorch, greedily: how the weights fit together.

pip install torch safetensors sentencepiece
python translate_torch.py checkpoints/dot < sentences.txt
"""
import json
import sys

import sentencepiece
import torch
from safetensors import safe_open
from torch import nn

PAD, UNKNOWN, BOS, EOS = range(4)
folder = sys.argv[1]
with safe_open(f"{folder}/model.safetensors", "pt") as file:
    weights = {name: file.get_tensor(name).float() for name in file.keys()}
    run = json.loads(file.metadata()["run"])
source, target = (sentencepiece.SentencePieceProcessor(model_file=f"{folder}/{side}.model") for side in ("source", "target"))


def module(made, prefix):
    """Loads the weights under a prefix into a PyTorch module: the names are PyTorch's."""
    made.load_state_dict({name[len(prefix) :]: value for name, value in weights.items() if name.startswith(prefix)})
    return made.eval()


if run["arch"] != "gru" or run["cell"] != "gru" or run["score"] not in ("none", "dot", "general"):
    sys.exit("this example knows GRUs with no, dot or general attention")
if run["bidirectional"] or run["inputFeeding"] or run["window"] != "global" or not run["resetAfter"]:
    sys.exit("this example knows neither bidirectional encoders, input feeding, local windows nor resetAfter: false")
encoder = module(nn.GRU(run["embedding"], run["hidden"], run["layers"], batch_first=True), "encoder.gru.")
decoder = module(nn.GRU(run["embedding"], run["hidden"], run["layers"], batch_first=True), "decoder.gru.")
source_words = weights["encoder.embedding.weight"]
target_words = source_words if run["shareEmbeddings"] else weights["decoder.embedding.weight"]
output = target_words if run["tieEmbeddings"] else weights["output.weight"]


@torch.no_grad()
def translate(sentence):
    ids = source.encode(sentence) + [EOS]
    states, hidden = encoder(source_words[ids][None])  # [1, S, H], [layers, 1, H]
    keys = states @ weights["attention.general.weight"].T if run["score"] == "general" else states
    word, written = BOS, []
    while len(written) < 2 * len(ids) + 10:
        features, hidden = decoder(target_words[word][None, None], hidden)  # [1, 1, H]
        if run["score"] != "none":
            attention = torch.softmax(features @ keys.transpose(1, 2), -1)  # [1, 1, S]
            both = torch.cat([attention @ states, features], -1)
            features = torch.tanh(both @ weights["attention.output.weight"].T)
        logits = features[0, 0] @ output.T + weights["output.bias"]
        logits[[PAD, UNKNOWN, BOS]] = -torch.inf
        word = int(logits.argmax())
        if word == EOS:
            break
        written.append(word)
    return target.decode(written)


for line in sys.stdin:
    print(translate(line.rstrip("\n")))
