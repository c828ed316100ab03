"""Who a swimmer is by their looks: an embedding from the colours of cap, suit and skin, of anyone, without training.

A small network marks in every frame where cap, suit and skin are; the colours under these masks, summed over all frames
and divided by the masks' areas, do not depend on how much of the frame is water. A few dense layers make the embedding
of them and of the frames' own mean colours, which tell light and water. The pool scene teaches the masks.
"""
import torch
from torch import nn
from torch.nn import functional as F

from .backbone import SameConv2d, batch_norm
from .blocks import normalise

PARTS = ("cap", "suit", "skin")
# A mask has 2 x 2 cells for each position of the feature map, which is a quarter of the frame wide.
CELLS = 4
COLOURS = 3


class Mix(nn.Module):
    """What surrounds a position, added to it: depthwise 5x5, then 1x1."""

    def __init__(self, width):
        super().__init__()
        self.depthwise, self.bn = nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False), batch_norm(width)
        self.pointwise = nn.Conv2d(width, width, 1)

    def forward(self, x):
        return x + self.pointwise(F.relu6(self.bn(self.depthwise(x))))


class PartsNet(nn.Module):
    """Normalised frames N x 3 x H x W -> features N x width x H/4 x W/4, and logits of the masks' cells.

    Cell 2·dy + dx of part p is channel 4·p + 2·dy + dx: the order of `F.pixel_unshuffle`.
    """

    def __init__(self, width=48, depth=4, stem=16):
        super().__init__()
        self.stem, self.stem_bn = SameConv2d(3, stem, 3, 2), batch_norm(stem)
        self.widen, self.widen_bn = SameConv2d(stem, width, 3, 2), batch_norm(width)
        self.blocks = nn.Sequential(*(Mix(width) for _ in range(depth)))
        self.cells = nn.Conv2d(width, len(PARTS) * CELLS, 1)
        nn.init.constant_(self.cells.bias, -3.0)   # most of a frame is water

    def features(self, x):
        x = F.relu6(self.stem_bn(self.stem(x)))
        x = F.relu6(self.widen_bn(self.widen(x)))
        return F.relu(self.blocks(x))

    def forward(self, x):
        return self.cells(self.features(x))


class AppearanceNet(nn.Module):
    """Clips N x T x 3 x H x W, RGB 0...255 -> embeddings N x width, which are not normalised."""

    # Areas are shares of the frame. What is added to them keeps the colour of something that is not there near grey.
    FAINT = 0.002

    def __init__(self, hidden=256, embedding=128, drop=0.3):
        super().__init__()
        self.parts = PartsNet()
        parts, every = len(PARTS), len(PARTS) * CELLS * COLOURS
        # Channel (p·CELLS + cell)·COLOURS + c of the sums belongs to part p and colour c.
        part = torch.arange(every) // (CELLS * COLOURS)
        cell, colour = torch.arange(every) // COLOURS % CELLS, torch.arange(every) % COLOURS
        kernel = torch.zeros(every, COLOURS, 4, 4)
        for channel in range(every):
            y, x = divmod(int(cell[channel]), 2)
            kernel[channel, colour[channel], 2 * y:2 * y + 2, 2 * x:2 * x + 2] = 1 / 4
        self.register_buffer("kernel", kernel, persistent=False)
        same_colour = (torch.arange(COLOURS)[:, None] == colour) / (parts * CELLS)
        same_part = (torch.arange(parts)[:, None] == part) / CELLS
        both = (torch.arange(parts * COLOURS)[:, None] == COLOURS * part + colour) / CELLS
        for name, matrix in (("both", both), ("same_part", same_part / COLOURS), ("same_colour", same_colour),
                             ("area", same_part.repeat_interleave(COLOURS, 0) / COLOURS)):
            self.register_buffer(name, matrix, persistent=False)
        width = 2 * parts * COLOURS + 2 * parts + 2 * COLOURS
        self.scale = nn.BatchNorm1d(width, momentum=0.03, affine=False)
        self.first, self.second = (nn.Sequential(nn.Linear(size, hidden), nn.PReLU(hidden), nn.BatchNorm1d(hidden),
                                                 nn.Dropout(drop)) for size in (width, hidden))
        self.output, self.bn = nn.Linear(hidden, embedding), nn.BatchNorm1d(embedding, momentum=0.03)

    def forward(self, clips):
        frames = normalise(clips.flatten(0, 1))
        return self.describe(self.collect(frames).unflatten(0, (len(clips), -1)).mean(1))

    def collect(self, frames):
        """Normalised frames N x 3 x H x W -> N x 180: means over the frame of the masks m, of m·v, m·v², v and v², v
        the colours, a channel for each part, cell and colour."""
        cells = self.parts.cells
        weight, bias = (tensor.repeat_interleave(COLOURS, 0) for tensor in (cells.weight, cells.bias))
        mask = torch.sigmoid(F.conv2d(self.parts.features(frames), weight, bias))
        colour = F.conv2d(frames, self.kernel.to(frames.dtype), stride=4)
        seen = mask * colour
        maps = (mask, seen, seen * colour, colour, colour * colour)
        return torch.cat([values.mean((2, 3)) for values in maps], 1)

    def describe(self, sums):
        """Sums of clips N x 180 -> embeddings."""
        masks, seen, squares, colour, square = sums.split(len(self.kernel), 1)
        area = F.linear(masks, self.area) + self.FAINT
        mean, power = F.linear(seen, self.both) / area, F.linear(squares, self.both) / area
        areas = F.linear(masks, self.same_part)
        facts = [mean, power - mean * mean, areas, areas / (areas + self.FAINT),
                 F.linear(colour, self.same_colour), F.linear(square, self.same_colour)]
        return self.bn(self.output(self.second(self.first(self.scale(torch.cat(facts, 1))))))


class DeployedAppearanceNet(nn.Module):
    """The exported form: the frames of one clip T x 3 x H x W, axis 0 is time -> embedding 1 x D."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, clip):
        return self.net.describe(self.net.collect(normalise(clip)).mean(0, keepdim=True))
