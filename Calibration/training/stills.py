"""Trains the stills network on real pictures of swimmers, on a CPU, inside a time box. Run it again to resume.

    python -m training.stills --data FOLDER --run RUN
    python export.py stills RUN/stills.pt weights/stills.onnx

FOLDER holds train.tar and val.tar with train.csv and val.csv (file, label). A part split off train chooses the
threshold of the alarm; val is only measured.
"""
import argparse
import csv
import io
import os
import tarfile

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import export
from networks.backbone import load_imagenet
from networks.stills import SIZE, STATES, StillsNet

from . import alarm, augment, degrade
from .clips import to_batch
from .loop import Run, parameter_groups, prepare_process
from .views import Views


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with train.tar, train.csv, val.tar, val.csv")
    parser.add_argument("--run", required=True, help="folder for checkpoint, cached features and log")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--views", type=int, default=4, help="augmented views of every picture")
    parser.add_argument("--cut", type=int, default=5, help="first backbone block that learns")
    parser.add_argument("--start", help="a checkpoint to start from, in place of ImageNet weights")
    parser.add_argument("--held", type=float, default=0.12, help="part of train that only chooses the threshold")
    parser.add_argument("--limit", type=int, help="about N pictures only")
    parser.add_argument("--workers", type=int, default=1, help="processes that compute views")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def load(tar, table, limit=None):
    """Pictures stretched to the network's size, uint8 N x 1 x H x W x 3, and states, int64 N."""
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    rows = rows[::max(1, len(rows) // (limit or len(rows)))]
    pictures = np.empty((len(rows), 1, SIZE, SIZE, 3), np.uint8)
    with tarfile.open(tar) as archive:
        for i, row in enumerate(rows):
            try:
                with Image.open(io.BytesIO(archive.extractfile(row["file"]).read())) as picture:
                    pictures[i, 0] = picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
            except (KeyError, OSError) as error:
                raise SystemExit(f"{tar}: {row.get('file')}: {error}")
            if row["label"] not in STATES:
                raise SystemExit(f"{table}: {row['file']} is labelled {row['label']}; there are {', '.join(STATES)}")
    return pictures, np.array([STATES.index(row["label"]) for row in rows])


class Stills:
    """Pictures as clips of one frame."""

    def __init__(self, pictures, states):
        self.pictures, self.states = pictures, torch.from_numpy(states)

    def __len__(self):
        return len(self.pictures)

    def clip(self, i):
        return self.pictures[i]

    def whole(self, indices):
        return to_batch(self.pictures[np.asarray(indices)].reshape(-1, *self.pictures.shape[2:]))


def vary(x, size, repeat=1):
    """The same pool, a little aside, a little brighter or darker, sometimes less sharp."""
    x = augment.warp(x, size, scale=(0.8, 1.1), shift=0.05, repeat=repeat)
    x = augment.light(x, cast=0.05, repeat=repeat)
    return degrade.grain(augment.soften(x, 0.2, repeat=repeat), 6.0, repeat=repeat).clamp_(0, 255)


@torch.inference_mode()
def probabilities(net, data):
    net.eval()
    return torch.cat([net(data.whole(part)).softmax(1) for part in torch.arange(len(data)).split(64)]).numpy()


def report(name, p, data, threshold):
    states = data.states.numpy()
    recall, false = alarm.rates(p[:, 0], states == 0, threshold)
    return (f"{name}: {len(states)} pictures  accuracy {100 * (p.argmax(1) == states).mean():.2f} %  drowning at "
            f"P >= {threshold:.3f}: recall {100 * recall:.2f} %  false alarms {100 * false:.2f} %")


def main():
    options = arguments()
    prepare_process(options.threads, options.seed)
    pictures, states = load(*(os.path.join(options.data, "train" + end) for end in (".tar", ".csv")), options.limit)
    order = np.random.default_rng(options.seed).permutation(len(states))
    held, kept = np.split(order, [int(options.held * len(order))])
    data, judge = Stills(pictures[kept], states[kept]), Stills(pictures[held], states[held])
    net = StillsNet().to(memory_format=torch.channels_last)
    if options.start:
        export.load(net, options.start)
    else:
        load_imagenet(net.backbone)
    net.backbone.requires_grad_(False)
    for block in net.backbone.blocks[options.cut:]:
        block.requires_grad_(True)
    os.makedirs(options.run, exist_ok=True)
    views = Views(options.run, data, net.backbone, options.cut, options.views, options.seed,
                  options.workers, vary)
    run = Run(options.run, "stills", net, parameter_groups(net, 1.5e-3, 4e-4, 0.03), 100_000, options.minutes,
              average=0.995, fixed_norm=net.backbone.early_modules(options.cut))
    weights = (1 / torch.bincount(data.states, minlength=len(STATES)).float().clamp(min=1)).sqrt()
    while not run.done:
        chosen = torch.randint(0, len(data), (64,))
        run.prepare()
        logits = net.recognise(net.backbone.late(views.sample(chosen), options.cut))
        run.step(F.cross_entropy(logits, data.states[chosen], weights, label_smoothing=0.03))
    run.finish()
    p = probabilities(net, judge)
    threshold = alarm.choose(p[:, 0], judge.states.numpy() == 0)
    run.say(report("held-out train", p, judge, threshold))
    val = Stills(*load(*(os.path.join(options.data, "val" + end) for end in (".tar", ".csv")), options.limit))
    run.say(report("val", probabilities(net, val), val, threshold))


if __name__ == "__main__":
    main()
