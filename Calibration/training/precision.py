"""Mixed precision that pays on a CPU with bfloat16 instructions: all in bfloat16 but the depthwise convolutions, whose
gradient would cost several times as much."""
import torch
from torch import nn


def mixed(enabled=True):
    """The context for a forward pass: weights and optimizer stay float32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=enabled)


def keep_depthwise_exact(net):
    """Makes every depthwise convolution of `net` compute in float32 inside `mixed`."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.forward = exact(module.forward)
    return net


def exact(forward):
    def run(x):
        with mixed(False):
            return forward(x.float())
    return run
