"""Face attributes: one aligned face -> age, gender, race.

The thesis' graph with a sequence of one frame, on EfficientNet-Lite0. Age is learned as a distribution over whole years
and leaves the exported network as its mean.
"""
import torch
from torch import nn

from .backbone import lite0
from .blocks import Head, OneStepLSTM, SpatialBlock, normalise

SIZE = 128
AGES = 117
GENDERS = ("male", "female")
RACES = ("White", "Black", "Asian", "Indian", "Others")
DESCRIPTOR = 768  # width of the teacher's face descriptor


class FaceNet(nn.Module):
    """Faces N x 3 x H x W, RGB 0...255 -> logits: ages N x 117 (0...116 years), genders N x 2, races N x 5."""

    def __init__(self, backbone=None, spatial=256, units=128, head=192, drop=0.25, drop_path=0.05, descriptor=0):
        super().__init__()
        self.backbone = backbone or lite0(drop=drop_path)
        channels = self.backbone.channels
        self.spatial, self.temporal = SpatialBlock(channels, spatial), OneStepLSTM(channels, units)
        fused = spatial + 2 * units
        self.age, self.gender, self.race = (Head(fused, head, n, drop) for n in (AGES, len(GENDERS), len(RACES)))
        self.descriptor = nn.Linear(fused, descriptor) if descriptor else None

    def forward(self, faces):
        return self.read(self.fused(faces))

    def read(self, fused):
        """The three heads."""
        return self.age(fused), self.gender(fused), self.race(fused)

    def fused(self, faces):
        """What both blocks say, N x (spatial + 2 units): the heads read it, and in training a descriptor to compare with
        the teacher's, which is not exported."""
        features = self.backbone(normalise(faces))
        step = self.temporal(features.mean((2, 3)))
        return torch.cat([self.spatial(features), step, step], 1)


class DeployedFaceNet(nn.Module):
    """The exported form: a face 1 x 3 x H x W -> age in years 1 x 1, gender and race probabilities 1 x 2 and 1 x 5."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.register_buffer("years", torch.arange(AGES, dtype=torch.float32).view(-1, 1))

    def forward(self, image):
        age, gender, race = self.net(image)
        return age.softmax(1) @ self.years, gender.softmax(1), race.softmax(1)
