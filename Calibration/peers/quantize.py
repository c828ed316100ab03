"""Quantizes a thesis network with the peers: python -m peers.quantize NETWORK FOLDER

ONNX Runtime (quantize-dequantize, all operators or only those with weights), NNCF on OpenVINO, MNN (weights only).
"""
import logging
import pathlib
import subprocess
import sys

import numpy as np
import nncf
import openvino
from onnxruntime import quantization as ort
from onnxruntime.quantization.shape_inference import quant_pre_process


class Reader(ort.CalibrationDataReader):
    def __init__(self, inputs):
        self.rest = iter(inputs)

    def get_next(self):
        x = next(self.rest, None)
        return None if x is None else {"input": x[None]}


def onnx_runtime(source, target, inputs, operators):
    prepared = target.with_suffix(".prepared")
    try:
        quant_pre_process(str(source), str(prepared))
    except Exception:
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    ort.quantize_static(
        str(prepared), str(target), Reader(inputs), quant_format=ort.QuantFormat.QDQ, per_channel=True,
        activation_type=ort.QuantType.QUInt8, weight_type=ort.QuantType.QInt8, op_types_to_quantize=operators)
    prepared.unlink()


def openvino_nncf(source, target, inputs):
    nncf.set_log_level(logging.ERROR)
    dataset = nncf.Dataset([x[None] for x in inputs])
    quantized = nncf.quantize(openvino.convert_model(str(source)), dataset, subset_size=len(inputs))
    openvino.save_model(quantized, str(target), compress_to_fp16=False)


def mnn(source, target):
    converter = pathlib.Path(sys.executable).parent / "mnnconvert"
    subprocess.run([converter, "-f", "ONNX", "--modelFile", source, "--MNNModel", target, "--bizCode", "x",
                    "--weightQuantBits", "8"], check=True, capture_output=True)


if __name__ == "__main__":
    network, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    float_model = folder / f"{network}_float.onnx"
    pixels = np.load(folder / f"{network}_calibration.npy").astype(np.float32)
    steps = {
        "ort": lambda path: onnx_runtime(float_model, path, pixels, None),
        "ort-weighted": lambda path: onnx_runtime(float_model, path, pixels, ["Conv", "MatMul", "Gemm"]),
        "nncf": lambda path: openvino_nncf(float_model, path, pixels),
        "mnn": lambda path: mnn(float_model, path),
    }
    for name, step in steps.items():
        suffix = {"nncf": ".xml", "mnn": ".mnn"}.get(name, ".onnx")
        try:
            step(folder / f"{network}_{name}{suffix}")
        except Exception as error:  # one peer's failure is a line of the table
            print(f"{network}: {name}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
