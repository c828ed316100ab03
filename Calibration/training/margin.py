"""A metric head for training: it makes the embeddings of one person alike and of different people unlike."""
import torch
from torch import nn
from torch.nn import functional as F


class CosineMargin(nn.Module):
    """Embeddings N x D and person indices -> loss: cross-entropy over the cosines to one learned direction a person,
    where one's own cosine counts less by a margin (CosFace: Wang et al., CVPR 2018)."""

    def __init__(self, width, people, scale=18.0, margin=0.25):
        super().__init__()
        self.directions = nn.Parameter(torch.randn(people, width))
        self.scale, self.margin = scale, margin

    def forward(self, embedding, person):
        cosine = F.normalize(embedding, dim=1) @ F.normalize(self.directions, dim=1).T
        own = F.one_hot(person, len(self.directions)).to(cosine.dtype)
        return F.cross_entropy(self.scale * (cosine - self.margin * own), person)
