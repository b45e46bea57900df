# Runs exported models step by step on given words, for onnx.test.ts: reads [{folder, sources, targets}] and prints, for each,
# the logits of every step and the attention where there is any.
import json
import sys

import numpy as np
import onnxruntime

onnxruntime.set_default_logger_severity(3)


def run(folder, sources, targets):
    encoder = onnxruntime.InferenceSession(f"{folder}/encoder_model.onnx")
    decoder = onnxruntime.InferenceSession(f"{folder}/decoder_model.onnx")
    ids = np.array(sources, np.int64)
    mask = (ids != 0).astype(np.int64)
    names = [output.name for output in encoder.get_outputs()]
    feeds = dict(zip(names, encoder.run(None, {"input_ids": ids, "attention_mask": mask})))
    feeds["encoder_hidden_states"] = feeds.pop("last_hidden_state")
    feeds["encoder_attention_mask"] = mask
    wanted = {value.name for value in decoder.get_inputs()}
    assert wanted <= {*feeds, "input_ids"}, wanted - {*feeds}
    feeds = {name: value for name, value in feeds.items() if name in wanted}
    outputs = [output.name for output in decoder.get_outputs()]
    logits, attention = [], []
    for words in np.array(targets, np.int64).T:
        result = dict(zip(outputs, decoder.run(None, {**feeds, "input_ids": words[:, None]})))
        logits.append(result["logits"][:, 0])
        if "cross_attention" in result:
            attention.append(result["cross_attention"][:, 0])
        for name, value in result.items():
            if name.startswith("present"):
                feeds[name.replace("present", "past_key_values")] = value
    rows = lambda steps: np.stack(steps, 1).tolist() if steps else None
    return {"logits": rows(logits), "attention": rows(attention)}


print(json.dumps([run(**job) for job in json.load(sys.stdin)]))
