"""Counts the instructions of whole networks on Arm cores under qemu's emulation: ours, and LiteRT's aarch64 wheel."""
import json
import pathlib
import subprocess
import sys
import zipfile

import counts
import models

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build-arm/tidepool-edge-static"
# Each with the number by which /proc/cpuinfo calls it: LiteRT chooses its kernels by that file, and crashes without.
CORES = {"cortex-a53": "0xd03", "cortex-a76": "0xd0b", "max": "0xd40"}
FEATURES = "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid"
NEWER = " atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp"
MORE_FEATURES = {"cortex-a53": "", "cortex-a76": NEWER, "max": NEWER + " i8mm bf16"}
PYTHON = ("libc6 libstdc++6 libgcc-s1 zlib1g python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libbz2-1.0 "
          "liblzma5 libffi8 libssl3 libexpat1 libsqlite3-0 libuuid1").split()
WHEELS = ("ai-edge-litert==2.3.0", "numpy==1.26.4")
RUN = """
import sys, numpy
from ai_edge_litert.interpreter import Interpreter
network = Interpreter(model_path=sys.argv[1], num_threads=1)
network.allocate_tensors()
entry = network.get_input_details()[0]
for _ in range(int(sys.argv[2])):
    network.set_tensor(entry["index"], numpy.zeros(entry["shape"], entry["dtype"]))
    network.invoke()
"""


def arm_python(work):
    """A root folder with an arm64 Python, and one with LiteRT's wheels."""
    root, site = work / "arm64", work / "arm64-site"
    subprocess.run([ROOT / "Board/fetch-arm64", root, *PYTHON], check=True, stdout=sys.stderr)
    if not site.exists():
        wheels = work / "arm64-wheels"
        subprocess.run(
            [sys.executable, "-m", "pip", "-q", "download", "--dest", wheels, "--only-binary=:all:",
             "--python-version", "3.11", "--platform", "manylinux_2_27_aarch64", "--platform", "manylinux_2_17_aarch64",
             *WHEELS], check=True, stdout=sys.stderr)
        part = work / "arm64-site.part"
        for wheel in wheels.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(part)
        part.rename(site)
    return root, site


def pretend(root, core):
    """Writes the /proc/cpuinfo of a core."""
    lines = ["BogoMIPS\t: 108.00", f"Features\t: {FEATURES}{MORE_FEATURES[core]}", "CPU implementer\t: 0x41",
             "CPU architecture: 8", "CPU variant\t: 0x1", f"CPU part\t: {CORES[core]}", "CPU revision\t: 0"]
    (root / "proc").mkdir(exist_ok=True)
    text = "".join(f"processor\t: {index}\n" + "\n".join(lines) + "\n\n" for index in range(2))
    (root / "proc/cpuinfo").write_text(text)


def litert(plugin, core, work, root, site, model):
    pretend(root, core)
    script, log = work / "run.py", work / "litert.log"
    script.write_text(RUN)

    def run(times):
        return counts.emulate(
            plugin, core, log, "-L", root, "-E", f"PYTHONPATH={site}", root / "usr/bin/python3.11", script, model,
            str(times))

    return (run(3) - run(1)) // 2


def ours(plugin, core, work, model, is_clip):
    """One decision: on a picture, or on a whole clip."""
    log = work / "ours.log"

    def run(times):
        return counts.emulate(plugin, core, log, PROGRAM, "bench", model, "--runs", str(times), "--json")

    # Up to nine runs `bench` adds one whole clip, with ten it adds two.
    frame = (run(4) - run(1)) // 3
    return run(10) - run(9) - frame if is_clip else frame


def count(work, options):
    subprocess.run([ROOT / "Board/setup", "count"], check=True)
    if not PROGRAM.exists():
        models.step("building for aarch64", ROOT / "Board/cross-build")
    folder = work / "count"
    folder.mkdir(parents=True, exist_ok=True)
    plugin = counts.compile_plugin(folder)
    root, site = arm_python(work)
    found = {}
    for network in options.networks:
        for core in CORES:
            row = {
                "ours": ours(plugin, core, folder, options.models / f"{network}.tide", network == "swim"),
                "litert": litert(plugin, core, folder, root, site, options.models / f"{network}_int8.tflite"),
            }
            found[f"{network} on {core}"] = row
            print(f"{network:5} {core:11} ours {row['ours'] / 1e6:8.1f} M, LiteRT {row['litert'] / 1e6:8.1f} M: "
                  f"{row['ours'] / row['litert']:.2f}", flush=True)
    results = work / "results"
    results.mkdir(exist_ok=True)
    part = results / "arm.part"
    part.write_text(json.dumps(found, indent=1) + "\n")
    part.rename(results / "arm.json")
    return 0
