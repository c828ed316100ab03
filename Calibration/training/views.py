"""Augmented views of clips, and their features in front of a cut of the backbone, computed once and kept on disk."""
import multiprocessing
import os

import numpy as np
import torch
from torch import nn

from networks import onnx_export
from networks.blocks import normalise

from . import augment, degrade


def vary(x, size, repeat=1):
    """Another camera, light and water; colour only mildly, as caps and trunks tell who it is."""
    x = augment.warp(x, size, scale=(0.75, 1.3), turn=0.15, shift=0.06, shake=0.02, repeat=repeat)
    x = degrade.splash(degrade.haze(x, repeat=repeat), probability=0.35, repeat=repeat)
    x = augment.light(x, brightness=0.3, contrast=0.3, saturation=0.25, cast=0.07, repeat=repeat)
    x = degrade.blur(degrade.coarsen(x, probability=0.4, repeat=repeat), repeat=repeat)
    return degrade.jpeg(degrade.grain(x, repeat=repeat).clamp_(0, 255), probability=0.4, repeat=repeat)


class EarlyBackbone(nn.Module):
    """Pixels -> features in front of the cut."""

    def __init__(self, backbone, cut):
        super().__init__()
        self.backbone, self.cut = backbone, cut

    def forward(self, frames):
        return self.backbone.early(normalise(frames), self.cut)


class Views:
    """Features of augmented views of every clip, float16 N x T x C x h x w a view, memory-mapped.

    The first view is computed at once; the others follow in a process of their own while the training goes on.
    ONNX Runtime computes them: the same numbers as PyTorch's in half the time.
    """

    def __init__(self, folder, data, backbone, cut, count, seed, vary=vary):
        self.folder, self.data, self.count, self.seed, self.vary = folder, data, count, seed, vary
        self.shape = data.clip(0).shape
        model = EarlyBackbone(backbone, cut).to(memory_format=torch.contiguous_format)
        self.early = onnx_export.export(model, "frames", (self.shape[0], 3, *self.shape[1:3]),
                                        {"features": "in front of the cut"})
        self.ready = []
        self.compute(0)
        self.rest = multiprocessing.get_context("fork").Process(target=self.compute_rest, daemon=True)
        self.rest.start()

    def path(self, view):
        return os.path.join(self.folder, f"features-{view}.npy")

    def compute_rest(self):
        torch.set_num_threads(1)
        for view in range(1, self.count):
            self.compute(view)

    def compute(self, view):
        path = self.path(view)
        if os.path.exists(path):
            return
        torch.manual_seed(1000 * self.seed + view)
        session = onnx_export.session(self.early)
        frames, size = self.shape[0], self.shape[1]
        features = np.lib.format.open_memmap(path + ".part", "w+", np.float16,
                                             (len(self.data), frames, *session.get_outputs()[0].shape[1:]))
        for i in range(len(self.data)):
            x = self.vary(self.data.whole([i]), size, repeat=frames)
            features[i] = session.run(None, {"frames": x.contiguous().numpy()})[0]
        features.flush()
        os.replace(path + ".part", path)

    def sample(self, clips):
        """Features of any finished view of the given clips, N*T x C x h x w."""
        while len(self.ready) < self.count and os.path.exists(self.path(len(self.ready))):
            self.ready.append(np.load(self.path(len(self.ready)), mmap_mode="r"))
        chosen = torch.randint(0, len(self.ready), (len(clips),)).tolist()
        rows = np.concatenate([self.ready[view][clip] for view, clip in zip(chosen, clips.tolist())])
        return torch.from_numpy(rows).float().contiguous(memory_format=torch.channels_last)
