"""Labelled clips, as `tidepool scene --clips N --format npy` and `training.footage` write them.

A folder holds clips.npy (uint8, N x 15 x 100 x 100 x 3, RGB) and truth.jsonl, a line per clip:
{"clip": 0, "action": "freestyle", "identity": "swimmer-2", ...}. Who is called "stranger-..." is not an identity that
the network names, but one of many people from whom it learns to tell anyone apart.
"""
import json
import os

import numpy as np
import torch

STRANGER = "stranger"


def load(folder):
    """Pixels (memory-mapped), action labels, identity labels and appearances (a list each) of a folder's clips."""
    pixels_path, truth_path = (os.path.join(folder, name) for name in ("clips.npy", "truth.jsonl"))
    try:
        pixels = np.load(pixels_path, mmap_mode="r")
        with open(truth_path) as file:
            truth = [json.loads(line) for line in file if line.strip()]
        actions, identities = ([line[key] for line in truth] for key in ("action", "identity"))
        appearances = [line.get("appearance", []) for line in truth]
    except (OSError, ValueError, KeyError) as error:
        raise SystemExit(f"{folder}: not a folder of clips: {error}")
    if pixels.ndim != 5 or pixels.dtype != np.uint8 or pixels.shape[4] != 3:
        raise SystemExit(f"{pixels_path}: {pixels.dtype} {pixels.shape}, expected uint8 clips x frames x height x "
                         "width x 3")
    if len(truth) != len(pixels):
        raise SystemExit(f"{folder}: {len(pixels)} clips but {len(truth)} lines of truth")
    return pixels, actions, identities, appearances


def load_parts(folder, limit=None):
    """Pixels of a folder's clips, and where cap, suit and skin are, uint8 N x T x H/2 x W/2 x 3; both memory-mapped."""
    pixels, path = load(folder)[0][:limit], os.path.join(folder, "parts.npy")
    try:
        parts = np.load(path, mmap_mode="r")[:limit]
    except (OSError, ValueError) as error:
        raise SystemExit(f"{folder}: no parts: {error}")
    count, frames, height, width, _ = pixels.shape
    if parts.dtype != np.uint8 or parts.shape != (count, frames, height // 2, width // 2, 3):
        raise SystemExit(f"{path}: {parts.dtype} {parts.shape} does not fit the clips")
    return pixels, parts


class Dataset:
    """Clips of one or several folders under one index.

    `action` and `identity` are class indices into `actions` and `identities`, `person` into `people`, which are the
    identities and then all strangers. Someone whom a given list lacks has the index -1. `appearance` holds numbers of
    what can be seen of the person, N x 0 where nobody wrote them down.
    """

    def __init__(self, folders, limit=None, actions=None, identities=None):
        parts = [load(folder) for folder in folders]
        self.pixels = [part[0][:limit] for part in parts]
        self.starts = np.cumsum([0] + [len(pixels) for pixels in self.pixels])
        done, who, seen = ([label for part in parts for label in part[field][:limit]] for field in (1, 2, 3))
        named, strangers = (sorted({p for p in who if p.startswith(STRANGER) == strange}) for strange in (False, True))
        self.actions, self.identities = actions or sorted(set(done)), identities or named
        self.people = list(dict.fromkeys([*self.identities, *named, *strangers]))
        self.action, self.identity, self.person = (
            torch.tensor([{name: i for i, name in enumerate(names)}.get(label, -1) for label in labels])
            for names, labels in ((self.actions, done), (self.identities, who), (self.people, who)))
        self.appearance = torch.tensor(seen if len({len(numbers) for numbers in seen}) == 1 else [[]] * len(seen))
        if (self.action < 0).any():
            raise SystemExit(f"{folders[0]}: actions {sorted(set(done))}, the network knows {self.actions}")

    def __len__(self):
        return int(self.starts[-1])

    def clip(self, i):
        """uint8 T x H x W x 3."""
        folder = int(np.searchsorted(self.starts, i, side="right")) - 1
        return self.pixels[folder][i - self.starts[folder]]

    def frames(self, indices):
        """A random frame of each clip, float N x 3 x H x W."""
        clips = [self.clip(int(i)) for i in indices]
        return to_batch(np.stack([clip[torch.randint(0, len(clip), ())] for clip in clips]))

    def whole(self, indices):
        """All frames of each clip, one after the other, float N*T x 3 x H x W."""
        return to_batch(np.concatenate([self.clip(int(i)) for i in indices]))

    def batches(self, size):
        """Endless batches of clip indices, each clip once an epoch."""
        while True:
            yield from (part for part in torch.randperm(len(self)).split(size) if len(part) > 1)


def to_batch(pixels):
    """uint8 N x H x W x 3 -> float N x 3 x H x W in channels-last order, without reordering the pixels."""
    return torch.tensor(pixels).permute(0, 3, 1, 2).float()


def save_labels(run, labels):
    """Writes the names of a run's classes, by task, beside its checkpoints."""
    os.makedirs(run, exist_ok=True)
    with open(os.path.join(run, "labels.json"), "w") as file:
        json.dump(labels, file)


def load_labels(checkpoint):
    """The names of the classes of a checkpoint's run, by task."""
    path = os.path.join(os.path.dirname(checkpoint), "labels.json")
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path}: {error}")
