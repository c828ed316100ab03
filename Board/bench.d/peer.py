"""Runs one peer in a process of its own: peer.py KIND MODEL THREADS INPUTS.npz

Loads, decides once, and then obeys lines on its input: "run N" times N decisions, "memory" tells the peak. Answers are
lines of JSON, in milliseconds and bytes.
"""
import json
import sys
import time

import numpy as np


def tflite(path, threads):
    from ai_edge_litert.interpreter import Interpreter

    def load():
        network = Interpreter(model_path=path, num_threads=threads)
        network.allocate_tensors()
        entry, exits = network.get_input_details()[0], network.get_output_details()

        def prepare(x):
            if entry["dtype"] == np.float32:
                return x
            scale, zero = entry["quantization"]
            limits = np.iinfo(entry["dtype"])
            return np.clip(np.round(x / scale) + zero, limits.min, limits.max).astype(entry["dtype"])

        def decide(x):
            network.reset_all_variables()  # a fused LSTM keeps its state otherwise
            network.set_tensor(entry["index"], x)
            network.invoke()
            return [network.get_tensor(output["index"]) for output in exits]

        return prepare, decide

    return load


def onnxruntime(path, threads):
    import onnxruntime

    def load():
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return (lambda x: x), (lambda x: session.run(None, {name: x}))

    return load


def openvino(path, threads):
    import openvino

    def load():
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
        request = openvino.Core().compile_model(path, "CPU", settings).create_infer_request()

        def decide(x):
            results = request.infer({0: x})
            return [results[i] for i in range(len(results))]

        return (lambda x: x), decide

    return load


def mnn(path, threads):
    import MNN
    import MNN.expr as expr

    def load():
        settings = {"backend": 0, "numThread": threads, "precision": "low", "memory": "low"}
        runtime = MNN.nn.create_runtime_manager((settings,))
        network = MNN.nn.load_module_from_file(path, [], [], runtime_manager=runtime)

        def decide(x):
            return [np.array(y.read()) for y in network.forward([expr.const(x, list(x.shape), expr.NCHW)])]

        return (lambda x: x), decide

    return load


def memory(key):
    """Bytes of this process: VmRSS now, VmHWM at most."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key))


def milliseconds(body):
    begin = time.perf_counter()
    body()
    return (time.perf_counter() - begin) * 1e3


def main(kind, path, threads, inputs):
    pictures = np.load(inputs)["x"][:4].astype(np.float32)
    load = {"tflite": tflite, "onnxruntime": onnxruntime, "openvino": openvino, "mnn": mnn}[kind](path, int(threads))
    before = memory("VmRSS")
    begin = time.perf_counter()
    prepare, decide = load()
    loaded = (time.perf_counter() - begin) * 1e3
    prepared = [prepare(picture[None]) for picture in pictures]
    first = loaded + milliseconds(lambda: decide(prepared[0]))
    print(json.dumps({"load_ms": loaded, "first_ms": first, "before_bytes": before}), flush=True)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "run":
            times = [milliseconds(lambda: decide(prepared[i % len(prepared)])) for i in range(int(rest[0]))]
            print(json.dumps(times), flush=True)
        elif command == "memory":
            print(json.dumps({"process_bytes": memory("VmHWM")}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
