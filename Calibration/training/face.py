"""Trains the face network on UTKFace, on a CPU, inside a time box. Run it again to resume.

    python -m training.utkface --data FOLDER --cache CACHE
    python -m training.teacher --cache CACHE
    python -m training.face --cache CACHE --run RUN
    python export.py face RUN/face.pt weights/face.onnx

Where the teacher's files are in the cache, the network also learns from them.
"""
import argparse
import os

import numpy as np
import torch
from torch.nn import functional as F

from networks.backbone import load_imagenet
from networks.face import AGES, DESCRIPTOR, GENDERS, RACES, SIZE, FaceNet
from networks.unfold import load_folded

from . import augment, utkface
from .loop import Run, freeze, parameter_groups, prepare_process
from .objective import YEARS, losses
from .precision import keep_depthwise_exact, mixed
from .team import Team

TRAIN_SIZE = 144


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, help="written by training.utkface and training.teacher")
    parser.add_argument("--run", required=True, help="folder for checkpoint and log")
    parser.add_argument("--start", help="instead of ImageNet's weights: a checkpoint of another run, or an"
                        " exported network (.onnx), of which only the backbone is taken")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--epochs", type=float, default=100, help="upper limit; --minutes usually ends the run first")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--backbone-rate", type=float, default=6e-4)
    parser.add_argument("--decay", type=float, default=0.03)
    parser.add_argument("--small", type=float, default=0.4, help="fraction of the run at 96 pixels instead of 128")
    parser.add_argument("--frozen", type=int, default=3, help="blocks that keep their weights")
    parser.add_argument("--soft", type=float, default=0.8, help="weight of the teacher's opinion against the label")
    parser.add_argument("--limit", type=int, help="first N faces of each split only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def to_batch(pixels):
    """uint8 N x H x W x 3 -> float N x 3 x H x W in channels-last order, without reordering the pixels."""
    return torch.tensor(pixels).permute(0, 3, 1, 2).float()


class Teacher:
    """What training.teacher left in the cache: a descriptor and soft labels of every training face, or neither."""

    def __init__(self, cache):
        def read(name):
            path = os.path.join(cache, f"train-{name}.npy")
            return torch.from_numpy(np.load(path)) if os.path.exists(path) else None

        self.descriptors, self.soft = read("descriptors"), read("soft")

    def opinion(self, chosen):
        """Distributions over ages, genders and races, or None."""
        return None if self.soft is None else self.soft[chosen].float().split((AGES, len(GENDERS), len(RACES)), 1)

    def distance(self, described, chosen):
        """Mean cosine distance between the network's descriptors and the teacher's."""
        if self.descriptors is None:
            return described.sum() * 0
        return (1 - F.cosine_similarity(described, self.descriptors[chosen].float())).mean()


@torch.inference_mode()
def score(net, cache, limit=None):
    """Age error in years, gender and race accuracy in percent, on the validation split."""
    net.eval()
    pictures, labels = utkface.load(cache, "val", SIZE)
    pictures, labels, sums = pictures[:limit], torch.from_numpy(labels[:limit]), torch.zeros(3)
    for i in range(0, len(pictures), 100):
        y = labels[i:i + 100]
        age, gender, race = net(to_batch(pictures[i:i + 100]))
        sums += torch.stack([(age.softmax(1) @ YEARS - y[:, 0]).abs().sum(), (gender.argmax(1) == y[:, 1]).sum(),
                             (race.argmax(1) == y[:, 2]).sum()])
    years, gender, race = (sums / len(labels)).tolist()
    return f"val age {years:.3f} years  gender {100 * gender:.2f} %  race {100 * race:.2f} %"


def start_at_prior(net, ages):
    """The age head starts at the training set's distribution of ages."""
    histogram = torch.bincount(ages, minlength=AGES)[:AGES].float() + 5
    net.age.output.bias.data.copy_((histogram / histogram.sum()).log())


def new_network(options, pictures, labels):
    net = FaceNet(descriptor=DESCRIPTOR).to(memory_format=torch.channels_last)
    start_at_prior(net, labels[:, 0])
    if not options.start:
        load_imagenet(net.backbone)
    elif options.start.endswith(".onnx"):
        some = torch.randperm(len(pictures))[:256].sort().values
        load_folded(net.backbone, options.start, augment.warp(to_batch(pictures[some.numpy()]), SIZE))
    else:
        state = torch.load(options.start, map_location="cpu")
        net.load_state_dict({**state["net"], **state["average"]})
    return net


def batch(count, options, team, epoch, step):
    """Indices of this process' faces in one step. An epoch's order depends on its number only: an interrupted run goes
    on in the same one, and a team shares it out."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(options.seed + epoch))
    first = (step * team.size + team.rank) * options.batch
    return order[torch.arange(first, first + options.batch) % count]


def main():
    options = arguments()
    team = Team()
    prepare_process(options.threads, options.seed + team.rank)
    pictures, labels = utkface.load(options.cache, "train", TRAIN_SIZE)
    pictures, labels = pictures[:options.limit], torch.from_numpy(labels[:options.limit])
    teacher = Teacher(options.cache)
    net = keep_depthwise_exact(new_network(options, pictures, labels))
    fixed = freeze(net.backbone, options.frozen, options.frozen)
    per_epoch = max(1, len(pictures) // (options.batch * team.size))
    run = Run(options.run, "face", net, parameter_groups(net, options.rate, options.backbone_rate, options.decay),
              int(options.epochs * per_epoch), options.minutes, fixed_norm=fixed)
    judge = FaceNet(descriptor=DESCRIPTOR).to(memory_format=torch.channels_last)
    while not run.done:
        size = 96 if run.progress() < options.small else SIZE
        chosen = batch(len(pictures), options, team, *divmod(run.index, per_epoch)).sort().values
        x = augment.erase(augment.light(augment.warp(to_batch(pictures[chosen.numpy()]), size), grey=0.07))
        run.prepare()
        with mixed():
            fused = net.fused(x)
        fused = fused.float()
        loss, figures = losses(net.read(fused), labels[chosen], teacher.opinion(chosen), options.soft)
        far = teacher.distance(net.descriptor(fused), chosen)
        run.step(loss + 2 * far, {**figures, "descriptor": far})
        if run.index % (2 * per_epoch) == 0 and team.leads:
            judge.load_state_dict(run.averaged())
            run.say(f"epoch {run.index // per_epoch}  {score(judge, options.cache, options.limit)}")
    run.finish()
    if team.leads:
        run.say("final  " + score(net, options.cache, options.limit))


if __name__ == "__main__":
    main()
