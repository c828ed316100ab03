"""Trains the swimmer network on labelled clips, on a CPU, inside a time box. Run it again to resume.

    python -m training.swimmer --train FOLDER... --test FOLDER --run RUN --out weights/swimmer.onnx

Three stages:
frames  the backbone learns on single frames what they show and who it is (optional);
heads   backbone fixed: spatial and temporal block and heads learn on clips;
joint   the later blocks of the backbone learn with them.
The last two work on features in front of those blocks, computed once for a few augmented views of every clip.

Actions and identities are those of the data. Strangers ("stranger-17") teach the action only. The embedding beside both
outputs is trained apart (training.appearance), or that of the network that one starts from.
"""
import argparse

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

import export
from networks import onnx_export
from networks.backbone import load_imagenet
from networks.blocks import normalise
from networks.swimmer import CUT, SIZE, SwimmerNet
from networks.unfold import load_folded

from .clips import Dataset, save_labels, to_batch
from .loop import Run, freeze, parameter_groups, prepare_process
from .precision import keep_depthwise_exact, mixed
from .team import Team
from .views import Views, vary

SMALL = 72


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True, nargs="+", help="folders with clips.npy and truth.jsonl")
    parser.add_argument("--test", help="the same, of clips apart: scored after each stage")
    parser.add_argument("--run", required=True, help="folder for checkpoints, cached features and log")
    parser.add_argument("--out", help="the .onnx file to write in the end")
    parser.add_argument("--embedding", help="an exported network (.onnx) whose embedding that file gets; without it the"
                        " exported network that one starts from")
    parser.add_argument("--minutes", type=float, nargs=3, default=(36, 4, 30),
                        metavar=("FRAMES", "HEADS", "JOINT"), help="time box of each stage; 0 leaves frames out")
    parser.add_argument("--views", type=int, default=3, help="augmented views of every clip")
    parser.add_argument("--small", type=float, default=0.6, help="fraction of the stage frames at 72 pixels")
    parser.add_argument("--start", help="instead of ImageNet's weights: a checkpoint of another run, or an exported"
                        " network (.onnx), of which only the backbone is taken")
    parser.add_argument("--batch", type=int, default=16, help="clips a step of the stage joint")
    parser.add_argument("--limit", type=int, help="first N clips of each folder only")
    parser.add_argument("--workers", type=int, default=2, help="processes that compute views")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def losses(outputs, data, chosen):
    """Cross-entropy of both tasks, a little label smoothing. Returns the sum and its parts."""
    action, identity = (output.float() for output in outputs)
    named = data.identity[chosen]
    parts = {"action": F.cross_entropy(action, data.action[chosen], label_smoothing=0.05),
             "identity": F.cross_entropy(identity, named, label_smoothing=0.05, ignore_index=-1, reduction="sum")
             / (named >= 0).sum().clamp(min=1)}
    return parts["action"] + 0.7 * parts["identity"], parts


class FrameNet(nn.Module):
    """Backbone with linear outputs: what a single frame tells."""

    def __init__(self, net):
        super().__init__()
        self.backbone, self.drop = net.backbone, nn.Dropout(0.2)
        self.action, self.identity = (
            nn.Linear(net.backbone.channels, head.output.out_features) for head in (net.action, net.identity))

    def forward(self, frames):
        x = self.drop(self.backbone(normalise(frames)).mean((2, 3)))
        return self.action(x), self.identity(x)


def groups(net, rate, backbone_rate):
    return parameter_groups(net, rate, backbone_rate, 0.03)


def learn_frames(options, data, whole):
    net = FrameNet(whole).to(memory_format=torch.channels_last)
    fixed = freeze(net.backbone, 3, 5)
    run = Run(options.run, "frames", net, groups(net, 2e-3, 6e-4), 100_000, options.minutes[0], fixed_norm=fixed)
    batches = data.batches(64)
    while not run.done:
        chosen = next(batches)
        x = vary(data.frames(chosen), SMALL if run.progress() < options.small else SIZE)
        run.prepare()
        with mixed():
            outputs = net(x)
        run.step(*losses(outputs, data, chosen))
    run.finish()
    return run


def learn_clips(options, data, views, net, name, minutes, batch, rate, backbone_rate, fixed_norm):
    """The stages on clips; the late part of the backbone learns where `backbone_rate` is not zero."""
    net.backbone.requires_grad_(False)
    for block in net.backbone.blocks[CUT:]:
        block.requires_grad_(backbone_rate > 0)
    run = Run(options.run, name, net, groups(net, rate, backbone_rate), 100_000, minutes, average=0.995,
              fixed_norm=fixed_norm)
    batches = data.batches(batch)
    while not run.done:
        chosen = next(batches)
        middle = views.sample(chosen)
        run.prepare()
        with mixed():
            outputs = net.recognise(middle, len(chosen))
        run.step(*losses(outputs, data, chosen))
    run.finish()
    return run


@torch.inference_mode()
def score(forward, batches, data):
    """Accuracy of both tasks in percent; `forward` maps a batch's indices to the outputs."""
    right, named = torch.zeros(2), max(1, int((data.identity >= 0).sum()))
    for chosen in batches:
        action, identity = forward(chosen)
        right += torch.stack([(action.argmax(1) == data.action[chosen]).sum(),
                              (identity.argmax(1) == data.identity[chosen]).sum()])
    return f"action {100 * right[0] / len(data):.2f} %  identity {100 * right[1] / named:.2f} %"


def score_frames(net, data):
    """Of the middle frame of every clip."""
    def forward(chosen):
        clips = [data.clip(int(i)) for i in chosen]
        return net(to_batch(np.stack([clip[len(clip) // 2] for clip in clips])))
    net.eval()
    return "test, single frames: " + score(forward, torch.arange(len(data)).split(64), data)


def score_clips(net, data):
    net.eval()
    return "test, clips: " + score(lambda chosen: net(data.whole(chosen).unflatten(0, (len(chosen), -1))),
                                   torch.arange(len(data)).split(8), data)


def begin(net, start, data):
    """ImageNet weights, or the backbone of an exported network, or whatever fits of an earlier run's checkpoint."""
    if start is None:
        return load_imagenet(net.backbone)
    if start.endswith(".onnx"):
        return load_folded(net.backbone, start, data.frames(torch.randperm(len(data))[:256]))
    state, own = torch.load(start, map_location="cpu"), net.state_dict()
    found = {k.removeprefix("net."): v for k, v in {**state["net"], **state["average"]}.items()}
    net.load_state_dict({k: v for k, v in found.items() if k in own and v.shape == own[k].shape}, strict=False)


def main():
    options = arguments()
    team = Team()
    prepare_process(options.threads, options.seed + team.rank)
    data = Dataset(options.train, options.limit)
    if team.leads:
        save_labels(options.run, {"action": data.actions, "identity": data.identities})
    test = None
    if options.test and team.leads:
        test = Dataset([options.test], options.limit, data.actions, data.identities)
    net = SwimmerNet(len(data.actions), len(data.identities)).to(memory_format=torch.channels_last)
    begin(keep_depthwise_exact(net), options.start, data)
    if options.minutes[0] > 0:
        run = learn_frames(options, data, net)
        if test:
            run.say(score_frames(run.net, test))
    views = Views(options.run, data, net.backbone, CUT, options.views, options.seed, options.workers)
    run = learn_clips(options, data, views, net, "heads", options.minutes[1], 32, 2e-3, 0, [net.backbone])
    if test:
        run.say(score_clips(net, test))
    norms = [m for m in net.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    run = learn_clips(options, data, views, net, "joint", options.minutes[2], options.batch, 1e-3, 4e-4, norms)
    if test:
        run.say(score_clips(net, test))
    if options.out and team.leads:
        model = export.swimmer_model(run.path)
        donor = options.embedding or (options.start if (options.start or "").endswith(".onnx") else None)
        if donor:
            model = onnx_export.graft(model, onnx.load(donor), "embedding")
        export.write(model, options.out)


if __name__ == "__main__":
    main()
