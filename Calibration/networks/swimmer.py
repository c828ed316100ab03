"""Swimmer recognition: 15 frames of one swimmer -> what they do, who they are.

The thesis' clip network on a light backbone: EfficientNet-Lite0 per frame; temporal block over the frames' averages;
spatial block over the frames' mean feature map; one head per task on both together.
"""
import torch
from torch import nn

from .backbone import lite0
from .blocks import Head, SpatialBlock, TemporalBlock, normalise

FRAMES, SIZE = 15, 100
ACTIONS = ("breaststroke", "drowning", "freestyle", "safe")
IDENTITIES = ("swimmer-1", "swimmer-2", "swimmer-3", "swimmer-4")


class SwimmerNet(nn.Module):
    """Clips N x T x 3 x H x W, RGB 0...255 -> action logits N x 4, identity logits N x 4."""

    def __init__(self, backbone=None, spatial=256, units=128, attention_units=32, head=256, drop=0.3, drop_path=0.0):
        super().__init__()
        self.backbone = backbone or lite0(drop=drop_path)
        channels = self.backbone.channels
        self.spatial = SpatialBlock(channels, spatial)
        self.temporal = TemporalBlock(channels, units, attention_units)
        self.drop = nn.Dropout(drop)
        self.action = Head(spatial + 2 * units, head, len(ACTIONS), drop)
        self.identity = Head(spatial + 2 * units, head, len(IDENTITIES), drop)

    def forward(self, clips):
        frames = clips.flatten(0, 1)
        return self.recognise(self.backbone(normalise(frames)).unflatten(0, clips.shape[:2]))

    def recognise(self, features):
        """Backbone features N x T x C x h x w of a batch of clips -> logits of both tasks."""
        return self.decide(features.mean(1), features.mean((3, 4)).transpose(0, 1))

    def decide(self, scene, sequence):
        """The mean feature map and the sequence of frame averages -> logits of both tasks."""
        fused = self.drop(torch.cat([self.spatial(scene), self.temporal(sequence)], 1))
        return self.action(fused), self.identity(fused)


class DeployedSwimmerNet(nn.Module):
    """The exported form: the frames of one clip T x 3 x H x W -> probabilities 1 x 4 and 1 x 4. Axis 0 is time."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, clip):
        features = self.net.backbone(normalise(clip))
        action, identity = self.net.decide(features.mean(0, keepdim=True), features.mean((2, 3)))
        return action.softmax(1), identity.softmax(1)
