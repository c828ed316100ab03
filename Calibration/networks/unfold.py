"""Starts a backbone from an exported network, whose batch norms are folded into its convolutions."""
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .blocks import normalise


def load_folded(backbone, path, faces):
    """Fills `backbone` with the first convolutions of the ONNX file at `path`.

    Each batch norm takes the statistics of `faces` (N x 3 x H x W, RGB 0...255) and the scale and offset that undo
    them, so that the network computes what the file computes, and trains like one that was never folded.
    """
    layers = iter(convolutions(path))
    handles = []
    for name, module in backbone.named_modules():
        if isinstance(module, nn.Conv2d):
            weight, bias = next(layers)
            if weight.shape != module.weight.shape:
                raise SystemExit(f"{path}: {name} has weights {tuple(weight.shape)}, not {tuple(module.weight.shape)}")
            module.weight.data.copy_(weight)
        elif isinstance(module, nn.BatchNorm2d):
            module.bias.data.copy_(bias)  # for `calibrate`
            handles.append(module.register_forward_pre_hook(calibrate))
    backbone.eval()
    with torch.no_grad():
        backbone(normalise(faces))
    for handle in handles:
        handle.remove()


def calibrate(norm, inputs):
    mean, variance = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3), unbiased=False)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_((variance + norm.eps).sqrt())
    norm.bias.add_(mean)


def convolutions(path):
    """Weight and bias of every convolution, in the order of the graph; float16 behind a Cast is read as float32."""
    graph = onnx.load(path).graph
    tensors = {t.name: t for t in graph.initializer}
    origin = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "Cast"}
    for node in graph.node:
        if node.op_type == "Conv":
            yield [torch.from_numpy(numpy_helper.to_array(tensors[origin.get(name, name)]).astype(np.float32))
                   for name in node.input[1:3]]
