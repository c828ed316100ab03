"""Writes a trained network as ONNX, or brings an ONNX file to the stored form (float16 weights, tidy graph).

    python export.py face    RUN/face.pt  weights/face.onnx
    python export.py swimmer RUN/joint.pt OUT.onnx
    python export.py appearance RUN/reader.pt OUT.onnx
    python export.py graft   IN.onnx      OUT.onnx --embedding APPEARANCE.onnx
    python export.py stills  RUN/stills.pt weights/stills.onnx
    python export.py tidy    IN.onnx      OUT.onnx
"""
import argparse
import os

import onnx
import torch

from networks import appearance, face, onnx_export, stills, swimmer
from training.clips import load_labels


def face_model(checkpoint):
    net = load(face.FaceNet(descriptor=face.DESCRIPTOR), checkpoint)
    return onnx_export.export(face.DeployedFaceNet(net), "image", (1, 3, face.SIZE, face.SIZE), {
        "age": "age in years", "gender": chances(face.GENDERS), "race": chances(face.RACES)})


def swimmer_model(checkpoint):
    labels = load_labels(checkpoint)
    net = load(swimmer.SwimmerNet(len(labels["action"]), len(labels["identity"])), checkpoint)
    shape = (swimmer.FRAMES, 3, swimmer.SIZE, swimmer.SIZE)
    model = onnx_export.export(swimmer.DeployedSwimmerNet(net), "clip", shape, {
        "action": chances(labels["action"]), "identity": chances(labels["identity"])})
    onnx_export.set_labels(model, labels)
    return model


def appearance_model(checkpoint):
    net = load(appearance.AppearanceNet(), checkpoint, prefix="net.")
    return onnx_export.export(appearance.DeployedAppearanceNet(net), "clip",
                              (swimmer.FRAMES, 3, swimmer.SIZE, swimmer.SIZE),
                              {"embedding": "of the person, to compare by cosine"})


def stills_model(checkpoint):
    net = load(stills.StillsNet(), checkpoint)
    return onnx_export.export(stills.DeployedStillsNet(net), "image", (1, 3, stills.SIZE, stills.SIZE),
                              {"state": chances(stills.STATES)})


def chances(labels):
    return "P(" + ", ".join(labels) + ")"


def load(net, checkpoint, prefix=""):
    """The averaged weights of a checkpoint of training.loop; of those that begin with `prefix`, if it is given."""
    state = torch.load(checkpoint, map_location="cpu")
    weights = {**state["net"], **state["average"]}
    net.load_state_dict({k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)})
    return net.eval()


def write(model, path):
    """Stores large weights as float16."""
    model = onnx_export.store_half(model)
    onnx.save(model, path + ".part")
    os.replace(path + ".part", path)
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB, {len(model.graph.node)} nodes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=("face", "swimmer", "appearance", "stills", "graft", "tidy"))
    parser.add_argument("source")
    parser.add_argument("output")
    parser.add_argument("--embedding", help="for graft: the network whose embedding the written file gets")
    options = parser.parse_args()
    if (options.network == "graft") != bool(options.embedding):
        parser.error("--embedding belongs to graft")
    make = {"face": face_model, "swimmer": swimmer_model, "appearance": appearance_model, "stills": stills_model,
            "graft": lambda path: onnx_export.graft(onnx.load(path), onnx.load(options.embedding), "embedding"),
            "tidy": lambda path: onnx_export.tidy(onnx.load(path))}
    write(make[options.network](options.source), options.output)


if __name__ == "__main__":
    main()
