"""Trains the embedding that tells anyone apart by their looks, inside a time box. Run it again to resume.

    python -m training.appearance --parts FOLDER --train FOLDER... --test FOLDER --run RUN --out RUN/appearance.onnx

Two stages:
masks   on single frames, where cap, suit and skin are (FOLDER/parts.npy of `tidepool scene --parts`);
reader  on sums under these masks, computed once for every clip: what people look like, and with a margin who is who.

Neither sees the strong augmentation of the other networks: colours tell people apart, and the domain wide has light and
water enough.
"""
import argparse
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import export
from networks.appearance import CELLS, COLOURS, PARTS, AppearanceNet
from networks.blocks import normalise

from .clips import Dataset, load_parts, to_batch
from .gallery import Trials
from .loop import Run, parameter_groups, prepare_process
from .margin import CosineMargin
from .precision import keep_depthwise_exact, mixed

# A part of a pixel in average light has about this value in parts.npy.
LIT = 110
# Caps and suits are small: their pixels count more.
WEIGHTS = (4.0, 2.0, 2.0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", required=True, help="folder with clips.npy and parts.npy")
    parser.add_argument("--train", required=True, nargs="+", help="folders with clips.npy and truth.jsonl")
    parser.add_argument("--test", help="the same, of other people: scored after each stage")
    parser.add_argument("--run", required=True, help="folder for checkpoints, sums and log")
    parser.add_argument("--out", help="the .onnx file to write in the end")
    parser.add_argument("--minutes", type=float, nargs=2, default=(25, 5), metavar=("MASKS", "READER"),
                        help="time box of each stage")
    parser.add_argument("--limit", type=int, help="first N clips of each folder only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def mask_loss(logits, truth):
    """Cross-entropy of every cell, and how far each part's mask is from covering the true one (Dice; Milletari et al.,
    2016). Returns the sum and its parts."""
    weights = torch.tensor(WEIGHTS).repeat_interleave(CELLS).view(1, -1, 1, 1)
    cells = F.binary_cross_entropy_with_logits(logits, truth, pos_weight=weights)
    mask, truth = (x.unflatten(1, (len(PARTS), CELLS)) for x in (torch.sigmoid(logits), truth))
    shared, both = ((x * y).sum((0, 2, 3, 4)) for x, y in ((mask, truth), (mask, mask)))
    missed = 1 - 2 * shared / (both + (truth * truth).sum((0, 2, 3, 4)) + 1)
    return cells + 0.3 * missed.mean(), {"cells": cells, **dict(zip(PARTS, missed))}


def learn_masks(options, net):
    clips, parts = load_parts(options.parts, options.limit)
    run = Run(options.run, "masks", net, parameter_groups(net, 3e-3, 0, 0.02), 100_000, options.minutes[0])
    random = np.random.default_rng(options.seed + run.index)
    while not run.done:
        clip, frame = random.integers(0, len(clips), 64), random.integers(0, clips.shape[1], 64)
        truth = F.pixel_unshuffle(to_batch(parts[clip, frame]) / LIT, 2).clamp(max=1)
        run.prepare()
        with mixed():
            logits = net(normalise(to_batch(clips[clip, frame])))
        run.step(*mask_loss(logits.float(), truth))
    run.finish()


@torch.inference_mode()
def sums(net, data, path):
    """What `collect` says of every frame of every clip, N x T x 180, kept in the file `path`."""
    if not os.path.exists(path):
        net.eval()
        found = np.stack([net.collect(normalise(data.whole([i]))).numpy() for i in range(len(data))])
        with open(path + ".part", "wb") as file:
            np.save(file, found)
        os.replace(path + ".part", path)
    return torch.from_numpy(np.load(path))


def relight(sums, strength=0.06):
    """The sums of the same clips in slightly brighter or darker light of a slightly different colour: a colour of the
    pixels is v + 1, so v becomes g·v + g − 1."""
    mask, seen, squares, colour, square = sums.chunk(5, 1)
    tint = 1 + strength * (torch.randn(len(sums), 1) + 0.5 * torch.randn(len(sums), COLOURS))
    g = tint.repeat(1, mask.shape[1] // COLOURS)
    b = g - 1
    return torch.cat([mask, g * seen + b * mask, g * g * squares + 2 * g * b * seen + b * b * mask, g * colour + b,
                      g * g * square + 2 * g * b * colour + b * b], 1)


class Learner(nn.Module):
    """A network with what only its training needs: a metric head, and one that reads appearances off the embedding."""

    def __init__(self, net, data):
        super().__init__()
        width = net.output.out_features
        self.net, self.margin = net, CosineMargin(width, len(data.people))
        self.appearance = nn.Linear(width, data.appearance.shape[1])

    def losses(self, embedding, data, seen, chosen):
        parts = {"person": self.margin(embedding, data.person[chosen]),
                 "appearance": F.mse_loss(self.appearance(embedding), seen[chosen])}
        return 0.2 * parts["person"] + parts["appearance"], parts


def learn_reader(options, net, data):
    frames = sums(net, data, os.path.join(options.run, "sums.npy"))
    deviation, mean = torch.std_mean(data.appearance, 0)
    seen = (data.appearance - mean) / deviation.clamp(min=0.01)
    learner = Learner(net, data)
    net.parts.requires_grad_(False)
    run = Run(options.run, "reader", learner, parameter_groups(learner, 2e-3, 0, 0.2), 100_000, options.minutes[1],
              fixed_norm=[net.parts])
    batches = data.batches(256)
    while not run.done:
        chosen = next(batches)
        some = torch.randperm(frames.shape[1])[:int(torch.randint(4, frames.shape[1] + 1, ()))]
        run.prepare()
        clips = relight(frames[chosen][:, some].mean(1))
        run.step(*learner.losses(net.describe(clips), data, seen, chosen), report_every=200)
    run.finish()
    return run


@torch.inference_mode()
def score(net, data):
    """Re-identification of 20 people by 3 clips each, many draws; at the threshold where both errors are equal."""
    net.eval()
    vectors = [net(data.whole([i]).unsqueeze(0))[0].numpy() for i in range(len(data))]
    trials = Trials(vectors, data.person.numpy())
    accepts, rejects, _ = trials.rates(trials.threshold())
    return (f"test, strangers: rank-1 {100 * trials.rank_one:.1f} %  false accepts {100 * accepts:.1f} %"
            f"  false rejects {100 * rejects:.1f} %  at {trials.threshold():.3f}")


def main():
    options = arguments()
    prepare_process(options.threads, options.seed)
    data = Dataset(options.train, options.limit)
    if not data.appearance.shape[1]:
        raise SystemExit("the clips' truth does not say what people look like")
    net = AppearanceNet().to(memory_format=torch.channels_last)
    learn_masks(options, keep_depthwise_exact(net.parts))
    run = learn_reader(options, net, data)
    if options.test:
        run.say(score(net, Dataset([options.test], options.limit)))
    if options.out:
        export.write(export.appearance_model(run.path), options.out)


if __name__ == "__main__":
    main()
