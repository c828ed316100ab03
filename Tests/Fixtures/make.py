"""Writes the small networks that the tests import, and what ONNX Runtime computes with them.

    cd Calibration && python ../Tests/Fixtures/make.py

Each NAME.onnx has the kinds of nodes of a shipped or supported network, with few channels and seeded random weights;
NAME-input.npy holds pictures (uint8, N x H x W x 3) or clips (N x T x H x W x 3), NAME-OUTPUT.npy each output for them.
"""
import os
import sys

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Calibration"))

from networks import onnx_export                                            # noqa: E402
from networks.backbone import Backbone                                      # noqa: E402
from networks.blocks import normalise                                       # noqa: E402
from networks.face import DeployedFaceNet, FaceNet                          # noqa: E402
from networks.swimmer import DeployedSwimmerNet, SwimmerNet                 # noqa: E402

COUNT, FRAMES, SIZE = 12, 5, 20
STAGES = ((1, 3, 1, 8, 1), (4, 3, 2, 12, 2), (4, 5, 2, 16, 2))


class SwishNet(nn.Module):
    """MBConv with swish and squeeze-excite, as in EfficientNet-B3, and one softmax output."""

    def __init__(self):
        super().__init__()
        self.backbone = Backbone(STAGES, stem=8, activation=F.silu, squeeze=True)
        self.output = nn.Linear(self.backbone.channels, 4)

    def logits(self, image):
        return self.output(self.backbone(normalise(image)).mean((2, 3)))

    def forward(self, image):
        return self.logits(image).softmax(1)


def pictures(random, count):
    """Smooth random pictures, count x SIZE x SIZE x 3: a few waves in each colour, full range, a little noise."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    out = np.zeros((count, SIZE, SIZE, 3))
    for _ in range(4):
        fx, fy, phase = random.uniform(-3, 3, (3, count, 1, 1, 3))
        wave = np.sin(2 * np.pi * (fx * x[..., None] + fy * y[..., None] + phase))
        out += random.uniform(0.3, 1, (count, 1, 1, 3)) * wave
    return np.clip(128 + 60 * out + random.normal(0, 6, out.shape), 0, 255).astype(np.uint8)


def clips(random):
    """Each clip: one picture drifting sideways, so that the frames differ but belong together."""
    first = pictures(random, COUNT)
    return np.stack([np.roll(first, 2 * t, axis=2) for t in range(FRAMES)], 1)


def tensor(pixels):
    """uint8 ... x H x W x 3 -> float ... x 3 x H x W."""
    return torch.from_numpy(np.moveaxis(pixels, -1, -3).astype(np.float32))


def settle(net, run, inputs):
    """Random but sane: varied batch norms with the statistics of `run(inputs)`, varied slopes; then evaluation mode."""
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.momentum = 1.0
            nn.init.normal_(m.weight, 1.0, 0.2)
            nn.init.normal_(m.bias, 0.3, 0.3)
        elif isinstance(m, nn.PReLU):
            nn.init.uniform_(m.weight, 0.05, 0.35)
        elif isinstance(m, nn.Dropout):
            m.p = 0.0
        elif isinstance(m, nn.LSTM):
            m.weight_ih_l0.data.mul_(2)
    with torch.no_grad():
        net.train()
        run(inputs)
    return net.eval()


def write(name, model, inputs, batches):
    """The model, the inputs as they were drawn, and the stacked outputs of `batches`, one run of the model each."""
    onnx.save(model, os.path.join(HERE, name + ".onnx"))
    np.save(os.path.join(HERE, name + "-input.npy"), inputs)
    results = [onnx_export.run(model, batch.numpy()) for batch in batches]
    for output in results[0]:
        np.save(os.path.join(HERE, f"{name}-{output}.npy"), np.concatenate([r[output] for r in results]))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    inputs = clips(np.random.default_rng(1))
    net = SwimmerNet(backbone=Backbone(STAGES, stem=8), spatial=16, units=12, attention_units=8, head=16, embedding=0)
    settle(net, net, tensor(inputs))
    model = onnx_export.export(DeployedSwimmerNet(net), "clip", (FRAMES, 3, SIZE, SIZE),
                               {"action": "P(action)", "identity": "P(identity)"})
    write("clip", onnx_export.store_half(model, smallest=256), inputs, tensor(inputs))

    torch.manual_seed(2)
    inputs = pictures(np.random.default_rng(2), COUNT)
    net = FaceNet(Backbone(STAGES, stem=8), spatial=16, units=8, head=16)
    settle(net, net, tensor(inputs))
    model = onnx_export.export(DeployedFaceNet(net), "image", (1, 3, SIZE, SIZE),
                               {"age": "years", "gender": "P(gender)", "race": "P(race)"})
    write("face", onnx_export.store_half(model, smallest=256), inputs, tensor(inputs).split(1))

    torch.manual_seed(3)
    inputs = pictures(np.random.default_rng(3), COUNT)
    net = SwishNet()
    nn.init.normal_(net.output.weight, 0, 0.7)
    settle(net, net.logits, tensor(inputs))
    model = onnx_export.export(net, "image", (1, 3, SIZE, SIZE), {"scores": "P(class)"})
    write("swish", model, inputs, tensor(inputs).split(1))


if __name__ == "__main__":
    main()
