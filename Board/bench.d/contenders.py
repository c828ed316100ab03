"""What is compared: this project's program on one instruction set, and the peers, all by the same two verbs."""
import dataclasses
import json
import pathlib
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class ContenderError(Exception):
    """A contender that does not run; a line of the table, no end of the others."""


@dataclasses.dataclass
class Turn:
    """Milliseconds of a few decisions on a whole clip or picture, the middle and the least, and of one more frame where
    that can be had by itself."""

    whole: float
    least: float
    frame: float | None = None


class Ours:
    """`tidepool-edge bench`, which measures once when it starts and again for every line that it is sent."""

    def __init__(self, program, model, threads, isa=None):
        self.name = "Tidepool" + (f", {isa} only" if isa else "")
        self.command = [str(program), "bench", str(model), "--threads", str(threads), "--json"]
        self.command += ["--isa", isa] if isa else []
        self.starts, self.process = [], None

    def bench(self, runs, *options):
        """One run by itself."""
        done = subprocess.run([*self.command, "--runs", str(runs), *options], capture_output=True, text=True)
        if done.returncode != 0:
            raise ContenderError((done.stdout + done.stderr).strip()[-300:])
        return json.loads(done.stdout)

    def start(self):
        self.stop()
        self.process = conversation([*self.command, "--runs", "15", "--turns"])
        self.last = answer(self.process)
        self.starts.append(self.last["first_ms"])

    def turn(self):
        self.last = ask(self.process, "")
        whole = "clip" if "clip_ms" in self.last else "frame"
        return Turn(self.last[whole + "_ms"], self.last[whole + "_least_ms"], self.last["frame_ms"])

    def facts(self):
        keys = ("isa", "file_bytes", "packed_bytes", "arena_bytes", "process_bytes", "checksum")
        return {"first_ms": statistics.median(self.starts)} | {key: self.last[key] for key in keys}

    def stop(self):
        finish(self.process)


class Peer:
    """A Python process that keeps the network loaded. Of each turn the first decision fills the caches."""

    def __init__(self, name, kind, python, model, threads, inputs):
        self.name, self.model, self.starts, self.process = name, model, [], None
        self.command = [str(x) for x in (python, HERE / "peer.py", kind, model, threads, inputs)]

    def start(self):
        self.stop()
        if not self.model.exists():
            raise ContenderError(f"no {self.model.name}")
        self.process = conversation(self.command)
        self.begun = answer(self.process)
        self.starts.append(self.begun["first_ms"])

    def turn(self):
        times = ask(self.process, "run 4")[1:]
        return Turn(statistics.median(times), min(times))

    def facts(self):
        weights = self.model.with_suffix(".bin") if self.model.suffix == ".xml" else self.model
        return {
            "first_ms": statistics.median(self.starts), "file_bytes": weights.stat().st_size,
            "before_bytes": self.begun["before_bytes"],
        } | ask(self.process, "memory")

    def stop(self):
        finish(self.process)


def conversation(command):
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def answer(process):
    for line in process.stdout:
        if line.startswith(("{", "[")):  # some peers print lines of their own
            return json.loads(line)
    raise ContenderError("ended early")


def ask(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return answer(process)


def finish(process):
    if process is not None:
        process.stdin.close()
        process.wait()


PEERS = {
    "LiteRT int8": ("tflite", "int8.tflite"),
    "ONNX Runtime QDQ": ("onnxruntime", "ort.onnx"),
    "ONNX Runtime QDQ, weighted only": ("onnxruntime", "ort-weighted.onnx"),
    "OpenVINO int8": ("openvino", "nncf.xml"),
    "MNN int8 weights": ("mnn", "mnn.mnn"),
}


def peers(network, folder, python, threads):
    return [
        Peer(name, kind, python, folder / f"{network}_{file}", threads, folder / f"{network}_golden.npz")
        for name, (kind, file) in PEERS.items()
    ]
