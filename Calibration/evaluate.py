"""Scores an exported network with ONNX Runtime and prints one JSON object.

    python evaluate.py face    weights/face.onnx    --images val.tar --labels val.csv
    python evaluate.py swimmer weights/swimmer.onnx --clips FOLDER
"""
import argparse
import json
import os

import numpy as np

from networks import onnx_export, swimmer
from training import clips as clip_data
from training import utkface


def evaluate_face(options):
    """Mean absolute error of the age in years; gender and race accuracy in percent."""
    model = onnx_export.session(options.model, options.threads)
    size = model.get_inputs()[0].shape[2]
    rows = utkface.read_labels(options.labels)[:options.limit]
    predicted = []
    for chip in utkface.chips(options.images, [row[0] for row in rows], size):
        age, gender, race = model.run(["age", "gender", "race"], {"image": as_input(chip[None])})
        predicted.append((age[0, 0], gender.argmax(), race.argmax()))
    predicted, truth = np.array(predicted), np.array([row[1:] for row in rows])
    return {"age_mae": round(float(np.abs(predicted[:, 0] - truth[:, 0]).mean()), 3),
            "gender_accuracy": percent(predicted[:, 1] == truth[:, 1]),
            "race_accuracy": percent(predicted[:, 2] == truth[:, 2]), "images": len(rows)}


def evaluate_swimmer(options):
    """Accuracy of both tasks in percent, with confusion matrices (rows: truth, columns: decision)."""
    model = onnx_export.session(options.model, options.threads)
    pictures, action, identity = clip_data.load(options.clips)
    pictures, action, identity = pictures[:options.limit], action[:options.limit], identity[:options.limit]
    decided = np.array([[o.argmax() for o in model.run(["action", "identity"], {"clip": as_input(clip)})]
                        for clip in pictures])
    return {"action_accuracy": percent(decided[:, 0] == action),
            "identity_accuracy": percent(decided[:, 1] == identity), "clips": len(action),
            "action_confusion": confusion(action, decided[:, 0], len(swimmer.ACTIONS)),
            "identity_confusion": confusion(identity, decided[:, 1], len(swimmer.IDENTITIES))}


def as_input(pixels):
    """uint8 N x H x W x 3 -> float32 N x 3 x H x W."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype(np.float32)


def percent(hits):
    return round(100 * float(np.mean(hits)), 2)


def confusion(truth, decided, classes):
    return np.bincount(truth * classes + decided, minlength=classes * classes).reshape(classes, classes).tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=("face", "swimmer"))
    parser.add_argument("model")
    parser.add_argument("--images", help="a .tar of faces")
    parser.add_argument("--labels", help="its .csv: file, age, gender, race")
    parser.add_argument("--clips", help="a folder with clips.npy and truth.jsonl")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if options.network == "face" and not (options.images and options.labels):
        parser.error("face needs --images and --labels")
    if options.network == "swimmer" and not options.clips:
        parser.error("swimmer needs --clips")
    print(json.dumps((evaluate_face if options.network == "face" else evaluate_swimmer)(options)))


if __name__ == "__main__":
    main()
