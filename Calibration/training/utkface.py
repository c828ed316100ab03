"""UTKFace as memory-mapped arrays: every chip is decoded once.

    python -m training.utkface --data FOLDER --cache CACHE [--limit N]

FOLDER holds SPLIT.tar (200 x 200 JPEG chips) and SPLIT.csv (file, age, gender, race) for the splits train and val.
CACHE gets SPLIT-SIZE.npy (uint8, N x SIZE x SIZE x 3, whole chip, antialiased bilinear) and SPLIT-labels.npy
(int64, N x 3).
"""
import argparse
import csv
import io
import os
import tarfile
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

SIZES = {"train": (144,), "val": (128,)}
PART = 2400


def read_labels(path):
    """Rows (file, age, gender, race)."""
    with open(path, newline="") as file:
        return [(r["file"], int(r["age"]), int(r["gender"]), int(r["race"])) for r in csv.DictReader(file)]


def chips(tar_path, files, size):
    """Yields each file of the tar as uint8 size x size x 3."""
    with tarfile.open(tar_path) as tar:
        for name in files:
            picture = Image.open(io.BytesIO(tar.extractfile(name).read())).convert("RGB")
            yield np.asarray(picture.resize((size, size), Image.BILINEAR))


def load(cache, split, size):
    """Pictures (memory-mapped, uint8 N x size x size x 3) and labels (int64 N x 3: age, gender, race)."""
    pictures = np.load(os.path.join(cache, f"{split}-{size}.npy"), mmap_mode="r")
    return pictures, np.load(os.path.join(cache, f"{split}-labels.npy"))


def decode_part(data, cache, split, size, first, files):
    pictures = np.load(os.path.join(cache, f"{split}-{size}.npy"), mmap_mode="r+")
    for i, chip in enumerate(chips(os.path.join(data, split + ".tar"), files, size), first):
        pictures[i] = chip
    return len(files)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--limit", type=int, help="first N chips of each split only")
    options = parser.parse_args()
    os.makedirs(options.cache, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        parts = []
        for split, sizes in SIZES.items():
            rows = read_labels(os.path.join(options.data, split + ".csv"))[:options.limit]
            np.save(os.path.join(options.cache, f"{split}-labels.npy"), np.array([r[1:] for r in rows], np.int64))
            for size in sizes:
                path = os.path.join(options.cache, f"{split}-{size}.npy")
                np.lib.format.open_memmap(path, "w+", np.uint8, (len(rows), size, size, 3)).flush()
                for first in range(0, len(rows), PART):
                    files = [row[0] for row in rows[first:first + PART]]
                    parts.append(pool.submit(decode_part, options.data, options.cache, split, size, first, files))
        print(sum(part.result() for part in parts), "chips decoded")


if __name__ == "__main__":
    main()
