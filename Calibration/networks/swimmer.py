"""Swimmer recognition: 15 frames of one swimmer -> what they do, and who of those that it was trained on they are.

The thesis' clip network on a light backbone: EfficientNet-Lite0 per frame; temporal block over the frames' averages;
spatial block over the frames' mean feature map; one head per task on both together. The exported file has the embedding
of `appearance.py` beside it, by which anyone can be enrolled without training.
"""
import torch
from torch import nn

from .backbone import lite0
from .blocks import Head, SpatialBlock, TemporalBlock, normalise

FRAMES, SIZE = 15, 100
# The blocks of the backbone from here on learn together with the heads.
CUT = 11


class SwimmerNet(nn.Module):
    """Clips N x T x 3 x H x W, RGB 0...255 -> action logits N x actions, identity logits N x identities."""

    def __init__(self, actions=4, identities=4, backbone=None, spatial=256, units=128, attention_units=32, head=256,
                 drop=0.3, drop_path=0.0):
        super().__init__()
        self.backbone = backbone or lite0(drop=drop_path)
        channels, fused = self.backbone.channels, spatial + 2 * units
        self.spatial = SpatialBlock(channels, spatial)
        self.temporal = TemporalBlock(channels, units, attention_units)
        self.drop = nn.Dropout(drop)
        self.action, self.identity = Head(fused, head, actions, drop), Head(fused, head, identities, drop)

    def forward(self, clips):
        return self.recognise(self.backbone.early(normalise(clips.flatten(0, 1)), CUT), len(clips))

    def recognise(self, middle, clips):
        """Features in front of the cut of all frames of N clips, N*T x C x h x w -> the outputs."""
        features = self.backbone.late(middle, CUT).unflatten(0, (clips, -1))
        return self.decide(features.mean(1), features.mean((3, 4)).transpose(0, 1))

    def decide(self, scene, sequence):
        """The mean feature map and the sequence of frame averages -> the logits of both tasks."""
        fused = self.drop(torch.cat([self.spatial(scene), self.temporal(sequence)], 1))
        return self.action(fused), self.identity(fused)


class DeployedSwimmerNet(nn.Module):
    """The exported form: the frames of one clip T x 3 x H x W, axis 0 is time -> probabilities 1 x actions and
    1 x identities."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, clip):
        features = self.net.backbone(normalise(clip))
        logits = self.net.decide(features.mean(0, keepdim=True), features.mean((2, 3)))
        return tuple(x.softmax(1) for x in logits)
