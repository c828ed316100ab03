"""Random changes of pictures that do not change what they show, on float batches N x 3 x H x W, 0...255.

Every function takes one random draw per sample; `repeat` frames in a row share it, so that a clip stays a clip.
"""
import math

import torch
from torch.nn import functional as F


def uniform(n, low, high, repeat=1):
    return torch.empty(n // repeat).uniform_(low, high).repeat_interleave(repeat)


def chance(n, probability, repeat=1):
    return (torch.rand(n // repeat) < probability).repeat_interleave(repeat)


def warp(x, size, scale=(0.8, 1.1), aspect=0.07, turn=0.22, shift=0.03, shake=0.0, repeat=1):
    """Flip, scale, aspect, rotation in radians, shift (fractions of half the width), all in one bilinear resampling.
    `scale` below 1 looks at a smaller part. `shake` is a further shift of each single frame."""
    n = len(x)
    scale, stretch = uniform(n, *scale, repeat), uniform(n, 1 - aspect, 1 + aspect, repeat)
    angle, flip = uniform(n, -turn, turn, repeat), chance(n, 0.5, repeat).float() * 2 - 1
    room = (1 - scale).clamp(min=0) * 0.6 + shift
    dx, dy = (uniform(n, -1, 1, repeat) * room + uniform(n, -shake, shake) for _ in range(2))
    cos, sin = angle.cos(), angle.sin()
    matrix = torch.stack([torch.stack([scale * stretch * cos * flip, -scale * sin, dx], 1),
                          torch.stack([scale * stretch * sin * flip, scale * cos, dy], 1)], 1)
    grid = F.affine_grid(matrix, (n, 3, size, size), align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return x.contiguous(memory_format=torch.channels_last)


def light(x, brightness=0.22, contrast=0.25, saturation=0.25, cast=0.0, grey=0.0, repeat=1):
    """Brightness, contrast, saturation, a colour cast (gain of each channel), and rarely no colour at all."""
    n = len(x)

    def each(values):
        return values.view(-1, 1, 1, 1)

    luminance = x.mean(1, keepdim=True)
    keep = torch.where(chance(n, grey, repeat), torch.zeros(n), uniform(n, 1 - saturation, 1 + saturation, repeat))
    x = luminance + (x - luminance) * each(keep)
    if cast > 0:
        x = x * torch.stack([uniform(n, 1 - cast, 1 + cast, repeat) for _ in range(3)], 1).view(n, 3, 1, 1)
    mean = x.mean((1, 2, 3))
    gain = uniform(n, 1 - contrast, 1 + contrast, repeat)
    x = (x - each(mean)) * each(gain) + each(mean * uniform(n, 1 - brightness, 1 + brightness, repeat))
    return x.clamp_(0, 255)


def soften(x, probability=0.3, repeat=1):
    """Some samples lose detail: half or two thirds of the resolution and back."""
    chosen = chance(len(x), probability, repeat)
    if chosen.any():
        size = x.shape[-1]
        small = size // 2 if torch.rand(()) < 0.5 else size * 2 // 3
        coarse = F.interpolate(x[chosen], size=(small, small), mode="bilinear", antialias=True)
        x[chosen] = F.interpolate(coarse, size=(size, size), mode="bilinear")
    return x


def noise(x, strongest=10.0, repeat=1):
    """Gaussian noise of a random strength."""
    strength = uniform(len(x), 0, strongest, repeat).view(-1, 1, 1, 1)
    return (x + torch.randn_like(x) * strength).clamp_(0, 255)


def erase(x, probability=0.25, smallest=0.02, largest=0.18):
    """A rectangle of one colour over some samples."""
    size = x.shape[-1]
    for i in chance(len(x), probability).nonzero().flatten().tolist():
        area = torch.empty(()).uniform_(smallest, largest).item() * size * size
        ratio = math.exp(torch.empty(()).uniform_(-0.7, 0.7).item())
        height, width = (min(size - 1, int(math.sqrt(v)) + 1) for v in (area * ratio, area / ratio))
        top, left = (int(torch.randint(0, size - v, ())) for v in (height, width))
        x[i, :, top:top + height, left:left + width] = torch.rand(3, 1, 1) * 255
    return x
