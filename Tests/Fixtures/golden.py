"""ONNX files that carry an input and what ONNX Runtime makes of it.

    python golden.py FOLDER MODEL.onnx …     writes FOLDER/MODEL.onnx with goldens, from a random input

The goldens are initializers that no node reads: `golden.input`, `golden.output.0`, …, laid out as Tidepool's float graph
lays them out (channel-last). `TIDEPOOL_NETWORKS=FOLDER swift test --filter NetworkTests` then compares every file there.
Needs numpy, onnx and onnxruntime.
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

CHANNEL_LAST = {4: (0, 2, 3, 1), 5: (0, 1, 3, 4, 2)}


def is_channel_first(shape):
    """The importer's rule for inputs: three channels, else one or four, at axis 1 or else at the end."""
    for colours in [(3,), (1, 4)]:
        if shape[-3] in colours:
            return True
        if shape[-1] in colours:
            return False
    return True


def run(model, x, names=None):
    """The outputs of ONNX Runtime, without any of its graph rewriting."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(names, {session.get_inputs()[0].name: x})


def with_goldens(model, x, outputs, order=None, input_order=None):
    """Adds the goldens.

    order: axes of the outputs as the float graph lays them out; by rank where it is None.
    input_order: the same for the input.
    """
    if input_order is None:
        input_order = CHANNEL_LAST.get(x.ndim) if x.ndim > 3 and is_channel_first(x.shape) else None
    tensors = {"golden.input": (x, input_order)}
    for index, output in enumerate(outputs):
        tensors[f"golden.output.{index}"] = (output, order or CHANNEL_LAST.get(output.ndim))
    for name, (tensor, axes) in tensors.items():
        laid_out = np.ascontiguousarray(tensor if axes is None else tensor.transpose(axes), np.float32)
        model.graph.initializer.append(numpy_helper.from_array(laid_out, name))
    return model


def input_shape(model, frames=1, size=224):
    """The shape of the only input; what is open becomes `frames` and `size`."""
    initializers = {tensor.name for tensor in model.graph.initializer}
    [value] = [value for value in model.graph.input if value.name not in initializers]
    dims = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return [extent or (frames if axis == 0 else 3 if axis == 1 and len(dims) == 4 and dims[3] != 3 else size)
            for axis, extent in enumerate(dims)]


def main(folder, *paths):
    generator = np.random.default_rng(1)
    for path in map(pathlib.Path, paths):
        model = onnx.load(path)
        x = generator.uniform(0, 1, input_shape(model)).astype(np.float32)
        model = with_goldens(model, x, run(model, x))
        onnx.save(model, pathlib.Path(folder) / path.name)


if __name__ == "__main__":
    main(*sys.argv[1:])
