"""Translates the lines of standard input with a model that `attn export --onnx FOLDER` wrote, greedily.

pip install onnxruntime sentencepiece
python translate_onnx.py FOLDER < sentences.txt
"""
import json
import sys

import numpy as np
import onnxruntime
import sentencepiece


class Translator:
    def __init__(self, folder):
        self.config = json.load(open(f"{folder}/config.json"))
        self.encoder = onnxruntime.InferenceSession(f"{folder}/encoder_model.onnx")
        self.decoder = onnxruntime.InferenceSession(f"{folder}/decoder_model.onnx")
        self.source = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/source.model")
        self.target = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/target.model")

    def translate(self, sentences):
        config, end = self.config, self.config["eos_token_id"]
        longest = config["max_source_positions"] - 1
        rows = [self.source.encode(sentence)[:longest] + [end] for sentence in sentences]
        width = max(map(len, rows))
        ids = np.array([row + [config["pad_token_id"]] * (width - len(row)) for row in rows], np.int64)
        mask = (np.arange(width) < np.array([[len(row)] for row in rows])).astype(np.int64)

        # the encoder's outputs are the decoder's inputs, under the same names
        names = [output.name for output in self.encoder.get_outputs()]
        feeds = dict(zip(names, self.encoder.run(None, {"input_ids": ids, "attention_mask": mask})))
        feeds["encoder_hidden_states"] = feeds.pop("last_hidden_state")
        feeds["encoder_attention_mask"] = mask
        wanted = {value.name for value in self.decoder.get_inputs()}
        feeds = {name: value for name, value in feeds.items() if name in wanted}

        limits = np.array([2 * len(row) + 10 for row in rows])
        if config["max_target_positions"] is not None:
            limits = np.minimum(limits, config["max_target_positions"])
        words = np.full((len(rows), 1), config["decoder_start_token_id"], np.int64)
        written = [[] for _ in rows]
        running = set(range(len(rows)))
        outputs = [output.name for output in self.decoder.get_outputs()]
        while running:
            result = dict(zip(outputs, self.decoder.run(None, {**feeds, "input_ids": words})))
            logits = result["logits"][:, 0]
            for special in ("pad_token_id", "unk_token_id", "decoder_start_token_id"):
                logits[:, config[special]] = -np.inf
            words = logits.argmax(axis=1)[:, None].astype(np.int64)
            for row in list(running):
                if words[row, 0] != end:
                    written[row].append(int(words[row, 0]))
                if words[row, 0] == end or len(written[row]) == limits[row]:
                    running.remove(row)
            for name, value in result.items():
                if name.startswith("present"):
                    feeds[name.replace("present", "past_key_values")] = value
        return [self.target.decode(ids) for ids in written]


if __name__ == "__main__":
    translator = Translator(sys.argv[1])
    lines = [line.rstrip("\n") for line in sys.stdin]
    for start in range(0, len(lines), 32):
        print("\n".join(translator.translate(lines[start : start + 32])))
