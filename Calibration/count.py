"""Counts what an exported network holds and computes, and prints one JSON object.

    python count.py weights/face.onnx

Parameters are all stored floating-point values; multiply-adds those of convolutions, matrix products and LSTMs for
one input.
"""
import argparse
import json
import os

import numpy as np
import onnx

FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)


def parameters(model):
    return sum(int(np.prod(t.dims)) for t in model.graph.initializer if t.data_type in FLOATS)


def multiply_adds(model):
    shapes = known_shapes(model)
    return sum(work(node, shapes) for node in model.graph.node)


def known_shapes(model):
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    shapes = {t.name: list(t.dims) for t in graph.initializer}
    for value in (*graph.value_info, *graph.input, *graph.output):
        shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    return shapes


def work(node, shapes):
    """Multiply-adds of one node: outputs times the terms of each."""
    inputs = [shapes.get(name) for name in node.input]
    if node.op_type == "Conv":
        return int(np.prod(shapes[node.output[0]]) * np.prod(inputs[1][1:]))
    if node.op_type in ("MatMul", "Gemm"):
        transposed = any(a.name == "transA" and a.i for a in node.attribute)
        return int(np.prod(shapes[node.output[0]]) * inputs[0][-2 if transposed else -1])
    if node.op_type == "LSTM":
        return int(inputs[0][0] * inputs[0][1] * (np.prod(inputs[1]) + np.prod(inputs[2])))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    path = parser.parse_args().model
    model = onnx.load(path)
    print(json.dumps({"parameters": parameters(model), "multiply_adds": multiply_adds(model),
                      "bytes": os.path.getsize(path)}))


if __name__ == "__main__":
    main()
