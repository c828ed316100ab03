"""Clips of the pool scene, as `tidepool scene --clips N --format npy` writes them.

A folder holds clips.npy (uint8, N x 15 x 100 x 100 x 3, RGB) and truth.jsonl, a line per clip:
{"clip": 0, "action": "freestyle", "identity": "swimmer-2", ...}.
"""
import json
import os

import numpy as np

from networks.swimmer import ACTIONS, IDENTITIES


def load(folder):
    """Pixels (memory-mapped), actions and identities (int64, N each) of a folder's clips."""
    pixels = np.load(os.path.join(folder, "clips.npy"), mmap_mode="r")
    with open(os.path.join(folder, "truth.jsonl")) as file:
        truth = [json.loads(line) for line in file if line.strip()]
    if len(truth) != len(pixels):
        raise SystemExit(f"{folder}: {len(pixels)} clips but {len(truth)} lines of truth")
    return (pixels, np.array([ACTIONS.index(t["action"]) for t in truth]),
            np.array([IDENTITIES.index(t["identity"]) for t in truth]))
