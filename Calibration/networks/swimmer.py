"""Swimmer recognition: 15 frames of one swimmer -> what they do, who they are, and an embedding of who they are.

The thesis' clip network on a light backbone: EfficientNet-Lite0 per frame; temporal block over the frames' averages;
spatial block over the frames' mean feature map; one head per task on both together. The embedding is linear in the same
features: clips of one person point the same way, of anyone, so that people can be enrolled without training.
"""
import torch
from torch import nn

from .backbone import lite0
from .blocks import Embedding, Head, SpatialBlock, TemporalBlock, normalise

FRAMES, SIZE = 15, 100


class SwimmerNet(nn.Module):
    """Clips N x T x 3 x H x W, RGB 0...255 -> action logits N x actions, identity logits N x identities, embeddings
    N x embedding, which are not normalised (none where `embedding` is 0)."""

    def __init__(self, actions=4, identities=4, backbone=None, spatial=256, units=128, attention_units=32, head=256,
                 embedding=256, drop=0.3, drop_path=0.0):
        super().__init__()
        self.backbone = backbone or lite0(drop=drop_path)
        channels, fused = self.backbone.channels, spatial + 2 * units
        self.spatial = SpatialBlock(channels, spatial)
        self.temporal = TemporalBlock(channels, units, attention_units)
        self.drop = nn.Dropout(drop)
        self.action, self.identity = Head(fused, head, actions, drop), Head(fused, head, identities, drop)
        self.embedding = Embedding(fused, embedding) if embedding else None

    def forward(self, clips):
        frames = clips.flatten(0, 1)
        return self.recognise(self.backbone(normalise(frames)).unflatten(0, clips.shape[:2]))

    def recognise(self, features):
        """Backbone features N x T x C x h x w of a batch of clips -> the outputs."""
        return self.decide(features.mean(1), features.mean((3, 4)).transpose(0, 1))

    def decide(self, scene, sequence):
        """The mean feature map and the sequence of frame averages -> the outputs."""
        fused = torch.cat([self.spatial(scene), self.temporal(sequence)], 1)
        dropped = self.drop(fused)
        decisions = self.action(dropped), self.identity(dropped)
        return (*decisions, self.embedding(fused)) if self.embedding else decisions


class DeployedSwimmerNet(nn.Module):
    """The exported form: the frames of one clip T x 3 x H x W, axis 0 is time -> probabilities 1 x actions and
    1 x identities, embedding 1 x D."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, clip):
        features = self.net.backbone(normalise(clip))
        action, identity, *embedding = self.net.decide(features.mean(0, keepdim=True), features.mean((2, 3)))
        return action.softmax(1), identity.softmax(1), *embedding
