"""Scores an exported network with ONNX Runtime and prints one JSON object.

    python evaluate.py face      weights/face.onnx    --images val.tar --labels val.csv
    python evaluate.py swimmer   weights/swimmer.onnx --clips FOLDER
    python evaluate.py strangers weights/swimmer.onnx --clips FOLDER [--choose FOLDER | --threshold COSINE]
    python evaluate.py strangers CLIPS.npz --clips FOLDER --threshold COSINE    # embeddings by tidepool infer
    python evaluate.py stills    weights/stills.onnx  --images val.tar --labels val.csv --threshold P
"""
import argparse
import json
import os

import numpy as np

from networks import onnx_export, stills
from training import alarm, gallery, utkface
from training import clips as clip_data
from training import stills as still_data


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
    labels = onnx_export.labels(model)
    data = clip_data.Dataset([options.clips], options.limit, labels["action"], labels["identity"])
    decided = np.array([[scores.argmax() for scores in outputs]
                        for outputs in run_clips(model, data, ["action", "identity"])])
    action, identity = data.action.numpy(), data.identity.numpy()
    named = identity >= 0
    return {"action_accuracy": percent(decided[:, 0] == action),
            "identity_accuracy": percent(decided[named, 1] == identity[named]), "clips": len(action),
            "actions": labels["action"], "action_confusion": confusion(action, decided[:, 0], len(labels["action"])),
            "identities": labels["identity"],
            "identity_confusion": confusion(identity[named], decided[named, 1], len(labels["identity"]))}


def evaluate_strangers(options):
    """Re-identification of people never seen in training, in percent: many draws of who is enrolled by how many clips.

    The threshold of "unknown" is given, or chosen on the clips of other people (`--choose`). In place of a network there
    may be its embeddings of the clips, as the integers' `tidepool infer` writes them."""
    if options.model.endswith(".npz"):
        if options.choose:
            raise SystemExit(f"{options.model} holds the embeddings of one folder: give --threshold, not --choose")
        vectors = np.load(options.model)["embedding"].reshape(len(clip_data.load(options.clips)[0]), -1)
    else:
        vectors, model = None, onnx_export.session(options.model, options.threads)

    def trials(folder):
        data = clip_data.Dataset([folder], options.limit)
        found = vectors if vectors is not None else np.array(
            [embedding[0] for embedding, in run_clips(model, data, ["embedding"])])
        return gallery.Trials(found[:len(data)], data.person.numpy(), options.enrolled, options.shots)

    chosen = trials(options.choose) if options.choose else None
    threshold = chosen.threshold() if chosen else options.threshold
    result = {"threshold": round(threshold, 3)} | figures(trials(options.clips), threshold)
    return result | ({"where_chosen": figures(chosen, threshold)} if chosen else {})


def figures(trials, threshold):
    accepts, rejects, mistakes = trials.rates(threshold)
    return {"rank_one": percent(trials.right), "false_accept": round(100 * accepts, 2),
            "false_reject": round(100 * rejects, 2), "mistaken": round(100 * mistakes, 2),
            "equal_error": round(100 * trials.rates(trials.threshold())[1], 2),
            "false_reject_at_accepts": {f"{100 * share:g}": round(100 * trials.rates(trials.strict(share))[1], 2)
                                        for share in (0.1, 0.05, 0.01)}}


def evaluate_stills(options):
    """Accuracy in percent, confusion matrix, recall and false alarms of drowning at a threshold."""
    model = onnx_export.session(options.model, options.threads)
    pictures, states = still_data.load(options.images, options.labels, options.limit)
    p = np.array([model.run(["state"], {"image": as_input(picture)})[0][0] for picture in pictures])
    recall, false = alarm.rates(p[:, 0], states == 0, options.threshold)
    return {"accuracy": percent(p.argmax(1) == states), "images": len(states), "states": stills.STATES,
            "confusion": confusion(states, p.argmax(1), len(stills.STATES)), "threshold": options.threshold,
            "drowning_recall": round(100 * recall, 2), "drowning_false_alarms": round(100 * false, 2)}


def run_clips(model, data, outputs):
    """The named outputs of every clip."""
    name = model.get_inputs()[0].name
    for i in range(len(data)):
        yield model.run(outputs, {name: as_input(data.clip(i))})


def as_input(pixels):
    """uint8 N x H x W x 3 -> float32 N x 3 x H x W."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype(np.float32)


def percent(hits):
    return round(100 * float(np.mean(hits)), 2)


def confusion(truth, decided, classes):
    return np.bincount(truth * classes + decided, minlength=classes * classes).reshape(classes, classes).tolist()


NETWORKS = {"face": (evaluate_face, ("images", "labels")), "swimmer": (evaluate_swimmer, ("clips",)),
            "strangers": (evaluate_strangers, ("clips",)), "stills": (evaluate_stills, ("images", "labels"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("model")
    parser.add_argument("--images", help="a .tar of pictures")
    parser.add_argument("--labels", help="its .csv: file, and age, gender, race or label")
    parser.add_argument("--clips", help="a folder with clips.npy and truth.jsonl")
    parser.add_argument("--choose", help="clips of other people, on whom the threshold is chosen")
    parser.add_argument("--threshold", type=float, default=0.5, help="cosine, or probability of drowning")
    parser.add_argument("--enrolled", type=int, default=20, help="how many people are known, for strangers")
    parser.add_argument("--shots", type=int, default=3, help="by how many clips each")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    evaluate, needed = NETWORKS[options.network]
    for name in needed:
        if not getattr(options, name):
            parser.error(f"{options.network} needs --{name}")
    print(json.dumps(evaluate(options)))


if __name__ == "__main__":
    main()
