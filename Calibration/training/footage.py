"""Turns one's own footage into labelled clips for training, test and calibration.

    python -m training.footage FOLDER --out DATA
    python -m training.swimmer --train DATA/train --test DATA/test --run RUN --out RUN/swimmer.onnx
    tidepool quantize RUN/swimmer.onnx --recipe DATA/swimmer.yaml --calibrate DATA/train/clips.npy --out swimmer.tide
    tidepool evaluate swimmer.tide --images DATA/test/clips.npy --labels DATA/test/truth.jsonl

FOLDER holds footage of one swimmer each, called action_identity_n: a video (read by ffmpeg), a folder or .tar of
frames, or a .npy array, uint8 frames x height x width x 3, RGB. Frames are taken to be 30 a second; 15, every second
one, make a clip of one second, and long footage makes several clips. The whole picture is stretched to the network's
size. Actions and identities are what the names say; every fifth piece of the same action and identity is kept for the
test. `training.swimmer --start` begins from the pool scene's network in place of ImageNet's weights.
"""
import argparse
import glob
import io
import json
import os
import re
import shutil
import subprocess
import tarfile

import numpy as np
from PIL import Image

from networks.swimmer import FRAMES, SIZE

NAME = re.compile(r"(?P<action>[^_]+)_(?P<identity>.+)_(?P<number>\d+)")
PICTURES = (".jpg", ".jpeg", ".png", ".bmp")
RECIPE = """# Swimmer recognition, trained on one's own footage.
name: swimmer
subject: swimmers

input: {{width: {size}, height: {size}, colour: rgb, scale: 0..255, resize: stretch}}
clip: {{frames: {frames}, stride: 2}}

tasks:
  - {{name: action, output: action, kind: classification, labels: {actions}}}
  - {{name: identity, output: identity, kind: classification, labels: {identities}}}

embedding: {{output: embedding, threshold: {threshold}}}   # of the pool scene: choose it anew on people of your own

dataset:
  file: clip
  columns: {{action: action, identity: identity}}
"""


class Unreadable(Exception):
    """What is wrong with a piece of footage."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="footage called action_identity_n")
    parser.add_argument("--out", required=True, help="folder to write: train, test, swimmer.yaml")
    parser.add_argument("--stride", type=int, default=2, help="take every so many frames; 1 if they are 15 a second")
    parser.add_argument("--every", type=int, default=5, help="keep every so many pieces for the test; 0: none")
    parser.add_argument("--threshold", type=float, default=0.5, help="cosine below which a person is unknown")
    return parser.parse_args()


def frames_of(path):
    """uint8 frames x SIZE x SIZE x 3 of one piece of footage."""
    if os.path.isdir(path):
        return stack(Image.open(p) for p in sorted(glob.glob(os.path.join(glob.escape(path), "*"))) if is_picture(p))
    if path.endswith(".tar"):
        with tarfile.open(path) as archive:
            names = sorted(name for name in archive.getnames() if is_picture(name))
            return stack(Image.open(io.BytesIO(archive.extractfile(name).read())) for name in names)
    if path.endswith(".npy"):
        array = np.load(path, mmap_mode="r")
        if array.dtype != np.uint8 or array.ndim != 4 or array.shape[3] != 3:
            raise Unreadable(f"{array.dtype} {array.shape}, expected uint8 frames x height x width x 3")
        return stack(Image.fromarray(frame) for frame in array)
    return video(path)


def is_picture(name):
    return name.lower().endswith(PICTURES)


def stack(pictures):
    frames = [np.asarray(p.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR, reducing_gap=2.0))
              for p in pictures]
    if not frames:
        raise Unreadable("holds no pictures")
    return np.stack(frames)


def video(path):
    if not shutil.which("ffmpeg"):
        raise Unreadable("a video needs the program ffmpeg; without it, give a folder of its frames")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-an", "-r", "30",
               "-vf", f"scale={SIZE}:{SIZE}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True)
    frames = np.frombuffer(done.stdout, np.uint8)
    if done.returncode != 0 or frames.size == 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no frames"]
        raise Unreadable("ffmpeg cannot read it: " + said[-1])
    return frames.reshape(-1, SIZE, SIZE, 3)


def clips_of(path, stride):
    """As many clips as there is room for, uint8 N x FRAMES x SIZE x SIZE x 3."""
    try:
        frames = frames_of(path)[::stride]
    except Unreadable as error:
        raise SystemExit(f"{path}: {error}")
    except (OSError, ValueError, tarfile.TarError) as error:
        raise SystemExit(f"{path}: cannot be read: {str(error).splitlines()[0]}")
    count = len(frames) // FRAMES
    if count == 0:
        raise SystemExit(f"{path}: {len(frames)} frames at stride {stride}, a clip takes {FRAMES}")
    return frames[:count * FRAMES].reshape(count, FRAMES, SIZE, SIZE, 3)


def pieces(folder):
    """Path, action and identity of all footage of a folder, in order of names."""
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        raise SystemExit(f"{folder}: {error.strerror}")
    found = []
    for name in names:
        path = os.path.join(folder, name)
        match = NAME.fullmatch(name if os.path.isdir(path) else os.path.splitext(name)[0])
        if not match:
            raise SystemExit(f"{path}: not called action_identity_n, such as freestyle_anna_3.mp4")
        found.append((path, match["action"], match["identity"]))
    if not found:
        raise SystemExit(f"{folder}: holds no footage")
    return found


def write(folder, rows, stride):
    """clips.npy and truth.jsonl of some pieces. Returns the number of clips."""
    os.makedirs(folder, exist_ok=True)
    clips, truth = [], []
    for path, action, identity in rows:
        made = clips_of(path, stride)
        clips.append(made)
        truth += [{"clip": len(truth) + i, "action": action, "identity": identity, "file": os.path.basename(path)}
                  for i in range(len(made))]
    np.save(os.path.join(folder, "clips.npy"), np.concatenate(clips))
    with open(os.path.join(folder, "truth.jsonl"), "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in truth)
    return len(truth)


def main():
    options = arguments()
    if options.stride < 1 or options.every < 0:
        raise SystemExit("--stride must be at least 1 and --every at least 0")
    if os.path.exists(options.out):
        raise SystemExit(f"{options.out}: exists already; give a new folder")
    unfinished = options.out.rstrip("/") + ".part"
    shutil.rmtree(unfinished, ignore_errors=True)
    parts, seen = {"train": [], "test": []}, {}
    for piece in pieces(options.folder):
        number = seen[piece[1:]] = seen.get(piece[1:], 0) + 1
        parts["test" if options.every and number % options.every == 0 else "train"].append(piece)
    for part, rows in parts.items():
        count = write(os.path.join(unfinished, part), rows, options.stride) if rows else 0
        print(f"{options.out}/{part}: {count} clips")
    if options.every and not parts["test"]:
        print(f"No test: nobody does anything in {options.every} pieces of footage; --every 3 would take every third.")
    actions, identities = (sorted({piece[field] for piece in parts["train"]}) for field in (1, 2))
    recipe = RECIPE.format(size=SIZE, frames=FRAMES, threshold=options.threshold,
                           actions=json.dumps(actions), identities=json.dumps(identities))
    with open(os.path.join(unfinished, "swimmer.yaml"), "w") as file:
        file.write(recipe)
    os.rename(unfinished, options.out)
    print(f"{options.out}/swimmer.yaml: {', '.join(actions)}; {', '.join(identities)}")


if __name__ == "__main__":
    main()
