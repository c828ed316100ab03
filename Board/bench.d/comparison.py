"""Runs a network of this project and the peers' beside each other, with one and two threads."""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import contenders
import models
from contenders import Ours
from interleave import interleave

SETS = ("avx2", "sse41")
PEAK_ROUNDS = 5


def compare(folder, environments, program, networks, rounds):
    """The rows of each network and number of threads, under titles such as "swim, 1 thread"."""
    result = {"networks": {}, "peaks": {}, "allocations": {}}
    for network in networks:
        models.thesis(network, folder, environments)
        model = folder / f"{network}.tide"
        for threads in (1, 2):
            title = f"{network}, {threads} thread{'s' if threads > 1 else ''}"
            print(f"== {title}", file=sys.stderr, flush=True)
            field = [Ours(program, model, threads)]
            if threads == 1:
                field += [Ours(program, model, threads, isa) for isa in SETS]
            field += contenders.peers(network, folder, environments / "nn/bin/python", threads)
            result["networks"][title] = interleave(field, rounds)
        result["peaks"][network] = peaks(Ours(program, model, 1))
        result["allocations"][network] = allocations(program, model)
    return result


def peaks(ours):
    """Share of the core's peak that 1×1 convolutions reach, in one more frame and in a whole clip."""
    frame, clip, peak = [], [], []
    for _ in range(PEAK_ROUNDS):
        report = ours.bench(20, "--per-op")
        peak.append(report["peak_gmacs"])
        frame.append(pointwise(report["kinds"]))
        if "in_a_clip" in report:
            clip.append(pointwise(report["in_a_clip"]["kinds"]))
    found = {"peak_gmacs": max(peak), "frame": statistics.median(frame)}
    return found | ({"clip": statistics.median(clip)} if clip else {})


def pointwise(kinds):
    return next(k["share_of_peak"] for k in kinds if k["kind"] == "1x1 convolution" and k["program"] == "frame")


def allocations(program, model):
    """Allocations that every frame makes: what a long run has more than a short one, but for sorting more times."""
    short, more = 20, 200
    with tempfile.TemporaryDirectory() as folder:
        counter = pathlib.Path(folder) / "allocations.so"
        source = pathlib.Path(__file__).with_name("allocations.c")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", source, "-o", counter], check=True)

        def count(runs):
            command = [program, "bench", model, "--runs", str(runs), "--json"]
            done = subprocess.run(command, check=True, capture_output=True, text=True,
                                  env=os.environ | {"LD_PRELOAD": str(counter)})
            return int(re.search(r"allocations (\d+)", done.stderr).group(1))

        return (count(short + more) - count(short)) // more
