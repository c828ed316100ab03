"""Pool stills: one picture of one swimmer -> drowning, swimming or treading.

The swimmer network's graph with a sequence of one frame, on the same backbone.
"""
import torch
from torch import nn

from .backbone import lite0
from .blocks import Head, OneStepLSTM, SpatialBlock, normalise

SIZE = 100
STATES = ("drowning", "swimming", "treading")


class StillsNet(nn.Module):
    """Pictures N x 3 x H x W, RGB 0...255 -> logits of the states N x 3."""

    def __init__(self, backbone=None, spatial=256, units=128, head=256, drop=0.3, drop_path=0.0):
        super().__init__()
        self.backbone = backbone or lite0(drop=drop_path)
        channels = self.backbone.channels
        self.spatial, self.temporal = SpatialBlock(channels, spatial), OneStepLSTM(channels, units)
        self.state = Head(spatial + 2 * units, head, len(STATES), drop)

    def forward(self, pictures):
        return self.recognise(self.backbone(normalise(pictures)))

    def recognise(self, features):
        """Backbone features N x C x h x w -> logits."""
        step = self.temporal(features.mean((2, 3)))
        return self.state(torch.cat([self.spatial(features), step, step], 1))


class DeployedStillsNet(nn.Module):
    """The exported form: a picture 1 x 3 x H x W -> probabilities 1 x 3."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        return self.net(image).softmax(1)
