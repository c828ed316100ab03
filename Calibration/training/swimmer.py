"""Trains the swimmer network on clips of the pool scene, on a CPU, inside a time box. Run it again to resume.

    python -m training.swimmer --train FOLDER... --test FOLDER --run RUN
    python export.py swimmer RUN/joint.pt weights/swimmer.onnx

Three stages:
frames  the backbone learns both tasks on single frames (optional);
heads   backbone fixed: spatial and temporal block and heads learn on clips;
joint   the backbone's blocks from `--cut` on learn with them.
The last two work on features in front of `--cut`, computed once for a few augmented views of every clip.
"""
import argparse
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from networks import onnx_export
from networks.backbone import lite0, load_imagenet
from networks.blocks import normalise
from networks.swimmer import ACTIONS, FRAMES, IDENTITIES, SIZE, SwimmerNet

from . import augment, clips
from .loop import Run, freeze, parameter_groups, prepare_process

SMALL = 72


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True, nargs="+", help="folders with clips.npy and truth.jsonl")
    parser.add_argument("--test", required=True, help="the same of the test domain: scored after each stage")
    parser.add_argument("--run", required=True, help="folder for checkpoints, cached features and log")
    parser.add_argument("--minutes", type=float, nargs=3, default=(0, 4, 19),
                        metavar=("FRAMES", "HEADS", "JOINT"), help="time box of each stage; 0 leaves frames out")
    parser.add_argument("--views", type=int, default=1, help="augmented views of every clip")
    parser.add_argument("--small", type=float, default=0.5, help="fraction of the stage frames at 72 pixels")
    parser.add_argument("--cut", type=int, default=11, help="first backbone block that learns on clips")
    parser.add_argument("--window", type=int, default=8, help="frames in a row of a clip in the first half of a stage")
    parser.add_argument("--limit", type=int, help="first N clips of each folder only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


class Dataset:
    """Clips of one or several folders under one index."""

    def __init__(self, folders, limit=None):
        parts = [clips.load(folder) for folder in folders]
        self.pixels = [pixels[:limit] for pixels, _, _ in parts]
        self.starts = np.cumsum([0] + [len(pixels) for pixels in self.pixels])
        self.action = torch.from_numpy(np.concatenate([action[:limit] for _, action, _ in parts]))
        self.identity = torch.from_numpy(np.concatenate([identity[:limit] for _, _, identity in parts]))

    def __len__(self):
        return int(self.starts[-1])

    def clip(self, i):
        folder = int(np.searchsorted(self.starts, i, side="right")) - 1
        return self.pixels[folder][i - self.starts[folder]]

    def frames(self, indices):
        """A random frame of each clip, float N x 3 x H x W."""
        return to_batch(np.stack([self.clip(int(i))[torch.randint(0, FRAMES, ())] for i in indices]))

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


def vary(x, size=SIZE, repeat=1):
    """Another camera, light and water; colour only mildly, as caps and trunks tell who it is."""
    x = augment.warp(x, size, scale=(0.8, 1.15), turn=0.15, shift=0.06, shake=0.02, repeat=repeat)
    x = augment.light(x, brightness=0.25, contrast=0.25, saturation=0.2, cast=0.06, repeat=repeat)
    return augment.noise(augment.soften(x, repeat=repeat), repeat=repeat)


def losses(outputs, action, identity):
    """Cross-entropy of both tasks, a little label smoothing. Returns the sum and its parts."""
    parts = {"action": F.cross_entropy(outputs[0], action, label_smoothing=0.05),
             "identity": F.cross_entropy(outputs[1], identity, label_smoothing=0.05)}
    return sum(parts.values()), parts


class FrameNet(nn.Module):
    """The backbone with a linear output per task: what a single frame tells."""

    def __init__(self, backbone):
        super().__init__()
        self.backbone, self.drop = backbone, nn.Dropout(0.2)
        self.action = nn.Linear(backbone.channels, len(ACTIONS))
        self.identity = nn.Linear(backbone.channels, len(IDENTITIES))

    def forward(self, frames):
        x = self.drop(self.backbone(normalise(frames)).mean((2, 3)))
        return self.action(x), self.identity(x)


def learn_frames(options, data, backbone):
    net = FrameNet(backbone).to(memory_format=torch.channels_last)
    fixed = freeze(backbone, 3, 5)
    run = Run(options.run, "frames", net, parameter_groups(net, 2e-3, 6e-4, 0.03), 100_000, options.minutes[0],
              fixed_norm=fixed)
    batches = data.batches(64)
    while not run.done:
        chosen = next(batches)
        x = vary(data.frames(chosen), SMALL if run.progress() < options.small else SIZE)
        run.prepare()
        run.step(*losses(net(x), data.action[chosen], data.identity[chosen]))
    run.finish()
    return run


class EarlyBackbone(nn.Module):
    """Pixels -> features in front of the cut."""

    def __init__(self, backbone, cut):
        super().__init__()
        self.backbone, self.cut = backbone, cut

    def forward(self, frames):
        return self.backbone.early(normalise(frames), self.cut)


def cache_features(options, data, backbone):
    """Features in front of the cut of augmented views of every clip, float16 views*N x T x C x h x w, memory-mapped.

    ONNX Runtime computes them: the same numbers as PyTorch's in half the time.
    """
    path = os.path.join(options.run, "features.npy")
    if os.path.exists(path):
        return np.load(path, mmap_mode="r")
    early = onnx_export.export(EarlyBackbone(backbone, options.cut), "frames", (FRAMES, 3, SIZE, SIZE),
                               {"features": "in front of the cut"})
    session = onnx_export.session(early, options.threads)
    shape = session.get_outputs()[0].shape[1:]
    cache = np.lib.format.open_memmap(path + ".part", "w+", np.float16, (options.views * len(data), FRAMES, *shape))
    for row in range(len(cache)):
        x = vary(data.whole([row % len(data)]), repeat=FRAMES)
        cache[row] = session.run(None, {"frames": x.contiguous().numpy()})[0]
    cache.flush()
    os.replace(path + ".part", path)
    return cache


def learn_clips(options, data, net, name, minutes, batch, rate, backbone_rate, fixed_norm):
    """The stages on clips; the late part of the backbone learns where `backbone_rate` is not zero."""
    net.backbone.requires_grad_(False)
    for block in net.backbone.blocks[options.cut:]:
        block.requires_grad_(backbone_rate > 0)
    run = Run(options.run, name, net, parameter_groups(net, rate, backbone_rate, 0.03), 100_000, minutes,
              average=0.995, fixed_norm=fixed_norm)
    if not run.done:
        cache = cache_features(options, data, net.backbone)
        run.restart_clock()
    while not run.done:
        rows = torch.randint(0, len(cache), (batch,)).sort().values
        window = options.window if run.progress() < 0.5 else FRAMES
        first = int(torch.randint(0, FRAMES - window + 1, ()))
        early, chosen = torch.from_numpy(cache[rows.numpy(), first:first + window]).float(), rows % len(data)
        early = early.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        run.prepare()
        features = net.backbone.late(early, options.cut).unflatten(0, (-1, window))
        run.step(*losses(net.recognise(features), data.action[chosen], data.identity[chosen]))
    run.finish()
    return run


@torch.inference_mode()
def score(forward, batches, data):
    """Accuracy of both tasks in percent; `forward` maps a batch's pixels to both tasks' logits."""
    right = torch.zeros(2)
    for chosen in batches:
        action, identity = forward(chosen)
        right += torch.stack([(action.argmax(1) == data.action[chosen]).sum(),
                              (identity.argmax(1) == data.identity[chosen]).sum()])
    action, identity = (100 * right / len(data)).tolist()
    return f"action {action:.2f} %  identity {identity:.2f} %"


def score_frames(net, data):
    """Of the middle frame of every clip."""
    def forward(chosen):
        return net(to_batch(np.stack([data.clip(int(i))[FRAMES // 2] for i in chosen])))
    net.eval()
    return "test, single frames: " + score(forward, torch.arange(len(data)).split(64), data)


def score_clips(net, data):
    net.eval()
    return "test, clips: " + score(lambda chosen: net(data.whole(chosen).unflatten(0, (-1, FRAMES))),
                                   torch.arange(len(data)).split(8), data)


def main():
    options = arguments()
    prepare_process(options.threads, options.seed)
    data, test = Dataset(options.train, options.limit), Dataset([options.test], options.limit)
    backbone = lite0()
    load_imagenet(backbone)
    if options.minutes[0] > 0:
        run = learn_frames(options, data, backbone)
        run.say(score_frames(run.net, test))
    net = SwimmerNet(backbone).to(memory_format=torch.channels_last)
    run = learn_clips(options, data, net, "heads", options.minutes[1], 32, 2e-3, 0, [backbone])
    run.say(score_clips(net, test))
    norms = [m for m in net.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    run = learn_clips(options, data, net, "joint", options.minutes[2], 16, 4e-4, 2e-4, norms)
    run.say(score_clips(net, test))


if __name__ == "__main__":
    main()
