"""Makes what the comparison runs: the thesis' networks with random weights, quantized by every peer and by this
project."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALIBRATION = ROOT / "Calibration"
SHIPPED = ("swimmer", "face")


def step(title, *command, **options):
    print(f"== {title}", file=sys.stderr, flush=True)
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr, **options)


def built(product):
    program = ROOT / ".build/release" / product
    if not program.exists():
        step(f"building {product}", "swift", "build", "-c", "release", "--product", product, cwd=ROOT)
    return program


def environment(folder):
    """The folder of the virtual environments tf and nn."""
    folder.mkdir(parents=True, exist_ok=True)
    step("environments of the peers", CALIBRATION / "peers/environment", folder)


def thesis(network, folder, environments):
    """NETWORK.tide and the peers' files in `folder`; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)

    def python(name, module):
        variables = os.environ | {"TF_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        step(f"{network}: {module}", environments / name / "bin/python", "-m", module, network, folder,
             cwd=CALIBRATION, env=variables)

    if not (folder / f"{network}_int8.tflite").exists():
        python("tf", "peers.prepare")
    if not (folder / f"{network}_mnn.mnn").exists():
        python("nn", "peers.quantize")
    if not (folder / f"{network}.tide").exists():
        step(f"{network}: tidepool quantize", built("tidepool"), "quantize", folder / f"{network}.h5",
             "--calibrate", folder / f"{network}_calibration.npy", "--out", folder / f"{network}.tide")


def shipped(folder):
    """The networks that this repository trained, quantized on the pool scene. Yields names and files."""
    folder.mkdir(parents=True, exist_ok=True)
    for network in SHIPPED:
        model = folder / f"{network}.tide"
        if not model.exists():
            pictures = folder / f"{network}-pictures"
            what = ("--clips", 16) if network == "swimmer" else ("--frames", 32, "--swimmers", 2)
            step(f"{network}: pictures", built("tidepool"), "scene", "--out", pictures, "--seed", 11, *what)
            step(f"{network}: tidepool quantize", built("tidepool"), "quantize",
                 CALIBRATION / f"weights/{network}.onnx", "--calibrate", pictures, "--out", model)
        yield network, model
