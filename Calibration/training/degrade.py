"""What a camera, water and compression do to clips, on float batches N x 3 x H x W, 0...255.

As in augment: one random draw per sample, which `repeat` frames in a row share, so that a clip stays a clip.
"""
import io

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from .augment import chance, uniform


def coarsen(x, probability=0.5, smallest=0.35, repeat=1):
    """Some samples are taken down to a part of their size, down to `smallest`, and back: far away, or out of focus."""
    size = x.shape[-1]
    for i in chance(len(x), probability, repeat)[::repeat].nonzero().flatten().tolist():
        part = slice(i * repeat, (i + 1) * repeat)
        small = int(size * torch.empty(()).uniform_(smallest, 0.9))
        coarse = F.interpolate(x[part], size=(small, small), mode="bilinear", antialias=True)
        x[part] = F.interpolate(coarse, size=(size, size), mode="bilinear")
    return x


def blur(x, probability=0.35, widest=2.2, repeat=1):
    """Gaussian blur of a random width, in pixels."""
    taps = torch.arange(-5, 6, dtype=x.dtype)
    for i in chance(len(x), probability, repeat)[::repeat].nonzero().flatten().tolist():
        part = slice(i * repeat, (i + 1) * repeat)
        kernel = (-taps ** 2 / (2 * torch.empty(()).uniform_(0.5, widest) ** 2)).exp()
        kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
        y = F.conv2d(F.pad(x[part], (5, 5, 0, 0), mode="replicate"), kernel, groups=3)
        x[part] = F.conv2d(F.pad(y, (0, 0, 5, 5), mode="replicate"), kernel.transpose(2, 3), groups=3)
    return x


def haze(x, probability=0.35, thickest=0.5, repeat=1):
    """Some samples fade into one colour near their own mean: turbid water."""
    n = len(x)
    thick = torch.where(chance(n, probability, repeat), uniform(n, 0.05, thickest, repeat), torch.zeros(n))
    shift = torch.stack([uniform(n, -45, 35, repeat) for _ in range(3)], 1)
    colour = (x.mean((2, 3)) + shift).clamp(0, 255).view(n, 3, 1, 1)
    return x + (colour - x) * thick.view(-1, 1, 1, 1)


def splash(x, probability=0.5, most=3, repeat=1):
    """Soft white or water-coloured patches lie over some samples and drift while they last."""
    size = x.shape[-1]
    line = torch.arange(size, dtype=x.dtype)
    for i in chance(len(x), probability, repeat)[::repeat].nonzero().flatten().tolist():
        water = x[i * repeat].mean((1, 2))
        for _ in range(int(torch.randint(1, most + 1, ()))):
            first = int(torch.randint(0, repeat, ()))
            last = min(repeat, first + int(torch.randint(1, repeat + 1, ())))
            place, drift = torch.rand(2) * size, torch.randn(2) * 0.012 * size
            radius = torch.empty(2).uniform_(0.05, 0.2) * size
            colour = torch.rand(()) * 60 + 190 if torch.rand(()) < 0.7 else water
            colour = torch.as_tensor(colour).expand(3).view(3, 1, 1)
            for t in range(first, last):
                row, column = ((line - place[k] - drift[k] * (t - first)) / radius[k] for k in (0, 1))
                cover = (1.6 - 1.6 * (row[:, None] ** 2 + column[None, :] ** 2)).clamp_(0, 0.92)
                frame = x[i * repeat + t]
                frame += (colour - frame) * cover
    return x


def grain(x, strongest=10.0, repeat=1):
    """Sensor noise of a random strength (standard deviation), triangular: the difference of two random bytes."""
    n, deviation = len(x), 104.5
    random = np.random.default_rng(int(torch.randint(0, 2 ** 31, ())))
    bytes_ = np.frombuffer(random.bytes(2 * x.numel()), np.uint8).reshape(2, -1).astype(np.int16)
    strength = uniform(n, 0, strongest / deviation, repeat).view(-1, 1, 1, 1)
    return x + torch.from_numpy(bytes_[0] - bytes_[1]).view(x.shape) * strength


def jpeg(x, probability=0.5, qualities=(25, 92), repeat=1):
    """Some samples go through JPEG at a random quality, the same for all frames of a clip."""
    for i in chance(len(x), probability, repeat)[::repeat].nonzero().flatten().tolist():
        quality = int(torch.randint(qualities[0], qualities[1] + 1, ()))
        for k in range(i * repeat, (i + 1) * repeat):
            file = io.BytesIO()
            pixels = x[k].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8).numpy()
            Image.fromarray(pixels).save(file, "JPEG", quality=quality)
            x[k] = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)
    return x
