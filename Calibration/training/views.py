"""Augmented views of clips, and their features in front of a cut of the backbone, computed once and kept on disk."""
import multiprocessing
import os
import time

import numpy as np
import torch
from torch import nn

from networks import onnx_export
from networks.blocks import normalise

from . import augment, degrade
from .team import Team


def vary(x, size, repeat=1):
    """Another camera, light and water; colour only mildly, as caps and trunks tell who it is."""
    x = augment.warp(x, size, scale=(0.65, 1.5), turn=0.15, shift=0.06, shake=0.02, repeat=repeat)
    x = degrade.splash(degrade.haze(x, repeat=repeat), probability=0.45, repeat=repeat)
    x = augment.light(x, brightness=0.3, contrast=0.3, saturation=0.25, cast=0.07, repeat=repeat)
    x = degrade.blur(degrade.coarsen(x, probability=0.4, repeat=repeat), repeat=repeat)
    return degrade.jpeg(degrade.grain(x, repeat=repeat).clamp_(0, 255), probability=0.5, repeat=repeat)


class EarlyBackbone(nn.Module):
    """Pixels -> features in front of the cut."""

    def __init__(self, backbone, cut):
        super().__init__()
        self.backbone, self.cut = backbone, cut

    def forward(self, frames):
        return self.backbone.early(normalise(frames), self.cut)


class Views:
    """Features of augmented views of every clip, float16 N x T x C x h x w a view, memory-mapped.

    Processes of their own compute them, each for its part of the clips: the first view is waited for, the others follow
    while the training goes on. ONNX Runtime runs the backbone: the same numbers as PyTorch's in half the time.
    """

    def __init__(self, folder, data, backbone, cut, count, seed, workers=1, vary=vary):
        self.folder, self.data, self.count, self.seed, self.vary = folder, data, count, seed, vary
        self.shape = data.clip(0).shape
        model = EarlyBackbone(backbone, cut).to(memory_format=torch.contiguous_format)
        self.early = onnx_export.export(model, "frames", (self.shape[0], 3, *self.shape[1:3]),
                                        {"features": "in front of the cut"})
        self.parts, self.ready = workers, []
        fork, parts = multiprocessing.get_context("fork"), range(workers if Team().leads else 0)
        crew = [fork.Process(target=self.work, args=(part,), daemon=True) for part in parts]
        for worker in crew:
            worker.start()
        while not self.find():
            if any(worker.exitcode for worker in crew):
                raise SystemExit("computing the features failed")
            time.sleep(0.5)

    def path(self, view, part):
        return os.path.join(self.folder, f"features-{view}-{part}.npy")

    def work(self, part):
        """All views of every clip whose number leaves `part` when divided by the number of parts."""
        if hasattr(os, "setsid"):
            os.setsid()   # where sessions share a machine equally, each worker is one
        torch.set_num_threads(1)
        session = onnx_export.session(self.early)
        clips = range(part, len(self.data), self.parts)
        frames, size = self.shape[0], self.shape[1]
        for view in range(self.count):
            path = self.path(view, part)
            if os.path.exists(path):
                continue
            torch.manual_seed(10_000 * self.seed + 100 * view + part)
            features = np.lib.format.open_memmap(path + ".part", "w+", np.float16,
                                                 (len(clips), frames, *session.get_outputs()[0].shape[1:]))
            for row, clip in enumerate(clips):
                x = self.vary(self.data.whole([clip]), size, repeat=frames)
                features[row] = session.run(None, {"frames": x.contiguous().numpy()})[0]
            features.flush()
            os.replace(path + ".part", path)

    def find(self):
        """Opens the views that are finished. Returns how many."""
        while len(self.ready) < self.count:
            paths = [self.path(len(self.ready), part) for part in range(self.parts)]
            if not all(map(os.path.exists, paths)):
                break
            self.ready.append([np.load(path, mmap_mode="r") for path in paths])
        return len(self.ready)

    def sample(self, clips):
        """Features of any finished view of the given clips, N*T x C x h x w."""
        views = torch.randint(0, self.find(), (len(clips),)).tolist()
        rows = np.concatenate([self.ready[view][clip % self.parts][clip // self.parts]
                               for view, clip in zip(views, clips.tolist())])
        return torch.from_numpy(rows).float().contiguous(memory_format=torch.channels_last)
