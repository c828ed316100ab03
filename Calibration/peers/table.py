"""Prints what int8 costs: python -m peers.table NETWORK FOLDER [NAME=OUTPUTS.npz …]

Signal to noise of every head's logits on the golden inputs, in dB. Logits of a softmax count up to a common summand,
so they are centred; a softmax's probabilities are taken back to logits, so are a sigmoid's.
"""
import pathlib
import sys

import numpy as np

# the weights and activations of all operators
FULL_INT8 = ("LiteRT int8", "ONNX Runtime QDQ, all operators", "OpenVINO, NNCF")


def logits(head, outputs, are_logits):
    if head == "age_output":
        return outputs
    if not are_logits and head == "gender_output":
        p = np.clip(outputs, 1e-7, 1 - 1e-7)
        return np.log(p / (1 - p))
    if head == "gender_output":
        return outputs
    values = outputs if are_logits else np.log(np.clip(outputs, 1e-12, 1))
    return values - values.mean(1, keepdims=True)


def sqnr(reference, other):
    return 10 * np.log10((reference ** 2).sum() / max(((reference - other) ** 2).sum(), 1e-30))


def tflite(path, inputs):
    from ai_edge_litert.interpreter import Interpreter
    network = Interpreter(model_path=str(path))
    network.allocate_tensors()
    where = network.get_input_details()[0]
    scale, zero = where["quantization"]
    for x in inputs:
        if where["dtype"] != np.float32:
            limits = np.iinfo(where["dtype"])
            x = np.clip(np.round(x / scale) + zero, limits.min, limits.max).astype(where["dtype"])
        network.reset_all_variables()  # a fused LSTM keeps its state otherwise
        network.set_tensor(where["index"], x)
        network.invoke()
        yield [network.get_tensor(output["index"]) for output in network.get_output_details()]


def onnx(path, inputs):
    import onnxruntime
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return (session.run(None, {"input": x}) for x in inputs)


def openvino(path, inputs):
    import openvino as ov
    network = ov.Core().compile_model(str(path), "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    for x in inputs:
        result = network({0: x})
        yield [result[i].copy() for i in range(len(network.outputs))]


def mnn(path, inputs, heads):
    import MNN
    import MNN.expr as expr
    runtime = MNN.nn.create_runtime_manager(({"backend": 0, "numThread": 1, "precision": "low", "memory": "low"},))
    network = MNN.nn.load_module_from_file(str(path), ["input"], heads, runtime_manager=runtime)
    for x in inputs:
        result = network.forward([expr.const(x, list(x.shape), expr.NCHW)])
        yield [np.array(value.read()) for value in result]


def assign(results, golden, are_logits):
    """Outputs may be permuted: each head takes the closest of its shape."""
    columns = [np.concatenate([np.asarray(row[i]).reshape(1, -1) for row in results]) for i in range(len(results[0]))]
    table = {}
    for head, reference in golden.items():
        reference = logits(head, reference, True)
        candidates = [logits(head, c, are_logits) for c in columns if c.shape == reference.shape]
        table[head] = max(sqnr(reference, c) for c in candidates)
    return table


def main(network, folder, ours):
    golden = dict(np.load(folder / f"{network}_golden.npz"))
    inputs = [x[None].astype(np.float32) for x in golden.pop("x")]
    heads = list(golden)
    peers = {
        "LiteRT int8": (f"{network}_int8.tflite", tflite, True),
        "ONNX Runtime QDQ, all operators": (f"{network}_ort.onnx", onnx, False),
        "ONNX Runtime QDQ, weighted operators": (f"{network}_ort-weighted.onnx", onnx, False),
        "OpenVINO, NNCF": (f"{network}_nncf.xml", openvino, False),
        "MNN, weights only": (f"{network}_mnn.mnn", lambda path, x: mnn(path, x, heads), False),
    }
    def line(name, cells, form="{:10.1f}"):
        print(f"{name:40s}" + "".join(form.format(cells[head]) for head in heads), flush=True)

    line(network, {head: head.removesuffix("_output") for head in heads}, "{:>10s}")
    best = {head: -np.inf for head in heads}
    for name, (file, run, are_logits) in peers.items():
        if not (folder / file).exists():
            line(name, {head: "–" for head in heads}, "{:>10s}")
            continue
        row = assign(list(run(folder / file, inputs)), golden, are_logits)
        line(name, row)
        if name in FULL_INT8:
            best = {head: max(best[head], row[head]) for head in heads}
    line("best of these at full int8", best)
    for entry in ours:
        name, path = entry.split("=", 1)
        outputs = np.load(path)
        row = {head: sqnr(logits(head, golden[head], True), logits(head, outputs[head + ".real"], False))
               for head in heads}
        line(name, row)
        line("    more than the best", {head: row[head] - best[head] for head in heads}, "{:+10.1f}")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:])
