"""Trains the face network on UTKFace, on a CPU, inside a time box. Run it again to resume.

    python -m training.utkface --data FOLDER --cache CACHE
    python -m training.face --cache CACHE --run RUN
    python export.py face RUN/face.pt weights/face.onnx
"""
import argparse

import torch
from torch.nn import functional as F

from networks.backbone import load_imagenet
from networks.face import AGES, SIZE, FaceNet

from . import augment, utkface
from .loop import Run, freeze, parameter_groups, prepare_process

YEARS = torch.arange(AGES, dtype=torch.float32)
TRAIN_SIZE = 144


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, help="written by training.utkface")
    parser.add_argument("--run", required=True, help="folder for checkpoint and log")
    parser.add_argument("--minutes", type=float, default=43)
    parser.add_argument("--epochs", type=float, default=100, help="upper limit; --minutes usually ends the run first")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--backbone-rate", type=float, default=6e-4)
    parser.add_argument("--decay", type=float, default=0.03)
    parser.add_argument("--small", type=float, default=0.66, help="fraction of the run at 96 pixels instead of 128")
    parser.add_argument("--frozen", type=int, default=3, help="blocks that keep their ImageNet weights")
    parser.add_argument("--limit", type=int, help="first N training faces only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def to_batch(pixels):
    """uint8 N x H x W x 3 -> float N x 3 x H x W in channels-last order, without reordering the pixels."""
    return torch.tensor(pixels).permute(0, 3, 1, 2).float()


def losses(outputs, labels):
    """Age: cross-entropy to a bell around the year (the older, the wider) plus absolute error of the mean; gender,
    race: cross-entropy with label smoothing. Returns the sum and its parts."""
    age_logits, gender_logits, race_logits = outputs
    age = labels[:, 0].float()
    sigma = (1.0 + 0.05 * age).unsqueeze(1)
    target = (-(YEARS - age.unsqueeze(1)) ** 2 / (2 * sigma ** 2)).exp()
    log_p = age_logits.log_softmax(1)
    bell = -(target / target.sum(1, keepdim=True) * log_p).sum(1).mean()
    years = (log_p.exp() @ YEARS - age).abs().mean()
    gender = F.cross_entropy(gender_logits, labels[:, 1], label_smoothing=0.05)
    race = F.cross_entropy(race_logits, labels[:, 2], label_smoothing=0.08)
    return 0.5 * bell + 0.15 * years + gender + race, {"years": years, "gender": gender, "race": race}


@torch.inference_mode()
def score(net, cache):
    """Age error in years, gender and race accuracy in percent, on the validation split."""
    net.eval()
    pictures, labels = utkface.load(cache, "val", SIZE)
    labels, sums = torch.from_numpy(labels), torch.zeros(3)
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


def main():
    options = arguments()
    prepare_process(options.threads, options.seed)
    pictures, labels = utkface.load(options.cache, "train", TRAIN_SIZE)
    pictures, labels = pictures[:options.limit], torch.from_numpy(labels[:options.limit])
    net = FaceNet().to(memory_format=torch.channels_last)
    load_imagenet(net.backbone)
    start_at_prior(net, labels[:, 0])
    fixed = freeze(net.backbone, options.frozen, options.frozen + 2)
    per_epoch = max(1, len(pictures) // options.batch)
    run = Run(options.run, "face", net, parameter_groups(net, options.rate, options.backbone_rate, options.decay),
              int(options.epochs * per_epoch), options.minutes, fixed_norm=fixed)
    judge = FaceNet().to(memory_format=torch.channels_last)
    order = None
    while not run.done:
        if order is None or run.index % per_epoch == 0:
            order = torch.randperm(len(pictures))
        size = 96 if run.progress() < options.small else SIZE
        at = run.index % per_epoch * options.batch
        chosen = order[at:at + options.batch].sort().values
        x = augment.erase(augment.light(augment.warp(to_batch(pictures[chosen.numpy()]), size), grey=0.07))
        run.prepare()
        run.step(*losses(net(x), labels[chosen]))
        if run.index % (2 * per_epoch) == 0:
            judge.load_state_dict(run.averaged())
            run.say(f"epoch {run.index // per_epoch}  {score(judge, options.cache)}")
    run.finish()
    run.say("final  " + score(net, options.cache))


if __name__ == "__main__":
    main()
