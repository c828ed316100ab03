"""The thesis' parts between backbone and outputs: spatial block, temporal block, heads."""
import torch
from torch import nn
from torch.nn import functional as F

from .backbone import batch_norm


def normalise(pixels):
    """RGB 0...255 -> about -1...1; part of the exported graph."""
    return (pixels - 127.0) * (1 / 128)


class SpatialAttention(nn.Module):
    """Channel mean and channel maximum -> 3x3 convolution to one map -> sigmoid -> multiply."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 3, padding=1)

    def forward(self, x):
        statistics = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        return x * torch.sigmoid(self.conv(statistics))


class SeparableAttention(nn.Module):
    """Separable 3x3 convolution (with batch norm and ReLU, which fold away), then spatial attention."""

    def __init__(self, cin, cout):
        super().__init__()
        self.depthwise = nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False)
        self.pointwise, self.bn = nn.Conv2d(cin, cout, 1, bias=False), batch_norm(cout)
        self.attention = SpatialAttention()

    def forward(self, x):
        return self.attention(F.relu(self.bn(self.pointwise(self.depthwise(x)))))


class SpatialBlock(nn.Module):
    """N x C x h x w -> N x width: two separable convolutions with attention, batch norm, global average."""

    def __init__(self, cin, width):
        super().__init__()
        self.first, self.second = SeparableAttention(cin, width), SeparableAttention(width, width)
        self.bn = batch_norm(width)

    def forward(self, x):
        return self.bn(self.second(self.first(x))).mean((2, 3))


class SelfAttention(nn.Module):
    """Additive self-attention over time (SeqSelfAttention of the thesis), T x C -> T x C or N x T x C -> N x T x C.

    h(t, t') = tanh(Wt x(t) + Wx x(t') + bh);  e = sigmoid(Wa h + ba);  out(t) = sum over t' of softmax(e)(t, t') x(t')
    """

    def __init__(self, channels, units=32):
        super().__init__()
        self.query, self.key = nn.Linear(channels, units, bias=False), nn.Linear(channels, units)
        self.score = nn.Linear(units, 1)

    def forward(self, x):
        h = torch.tanh(self.query(x).unsqueeze(-2) + self.key(x).unsqueeze(-3))
        e = torch.sigmoid(self.score(h)).squeeze(-1)
        return torch.matmul(e.softmax(e.dim() - 1), x)


class TemporalBlock(nn.Module):
    """LSTM over frame averages, self-attention, then average and maximum over time.

    T x C (one clip, as exported) -> 1 x 2 units, or T x N x C (a batch, in training) -> N x 2 units.
    """

    def __init__(self, cin, units, attention_units=32):
        super().__init__()
        self.lstm, self.attention = nn.LSTM(cin, units), SelfAttention(units, attention_units)

    def forward(self, x):
        single = x.dim() == 2
        x, _ = self.lstm(x)
        x = self.attention(x if single else x.transpose(0, 1))
        time = x.dim() - 2
        return torch.cat([x.mean(time, keepdim=single), x.amax(time, keepdim=single)], 1)


class OneStepLSTM(nn.Module):
    """The temporal block of a single picture, N x C -> N x units: an LSTM step from a zero state needs no recurrent
    weights and no forget gate, attention over one step is the identity, and average and maximum over it are equal."""

    def __init__(self, cin, units):
        super().__init__()
        self.gates = nn.Linear(cin, 3 * units)

    def forward(self, x):
        i, g, o = self.gates(x).chunk(3, 1)
        return torch.sigmoid(o) * torch.tanh(torch.sigmoid(i) * torch.tanh(g))


class Head(nn.Module):
    """Dense -> PReLU -> batch norm -> dropout -> Dense, one per task. Returns logits."""

    def __init__(self, cin, width, outputs, drop):
        super().__init__()
        self.dense, self.activation = nn.Linear(cin, width), nn.PReLU(width)
        self.bn, self.drop = nn.BatchNorm1d(width, momentum=0.03), nn.Dropout(drop)
        self.output = nn.Linear(width, outputs)

    def forward(self, x):
        return self.output(self.drop(self.bn(self.activation(self.dense(x)))))
