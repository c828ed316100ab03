"""Builds a thesis network and converts it: python -m peers.prepare NETWORK FOLDER

Writes NETWORK.h5, NETWORK_float.onnx, NETWORK_int8.tflite (full int8, logits as outputs), NETWORK_calibration.npy and
NETWORK_golden.npz (inputs x, and every output's logits in floats) to FOLDER.
"""
import pathlib
import sys

import numpy as np
from peers import pictures, thesis

import tensorflow as tf
from tensorflow import keras

CALIBRATION = {"swim": 12, "face": 32}
TEST = {"swim": 8, "face": 24}


def logits_model(model):
    """The same network without the functions at its outputs."""
    outputs = []
    for name in model.output_names:
        layer = thesis.decision(model, name)
        twin = keras.layers.Dense(layer.units, name=name + "_logits")
        outputs.append(twin(layer.input))
        twin.set_weights(layer.get_weights())
    return keras.Model(model.input, outputs)


def build(name, folder):
    tf.random.set_seed(1)
    np.random.seed(1)
    model, backbone = thesis.NETWORKS[name]()
    shape = model.input_shape[1:4]
    thesis.randomise(model, 7)
    thesis.settle(model, backbone, pictures.batch(16 if shape[0] > 1 else 64, shape, seed=100).astype(np.float32))
    test = pictures.batch(TEST[name], shape, seed=999)
    part = 1 if shape[0] > 1 else 8
    thesis.spread_logits(model, test, part)
    model.save(folder / f"{name}.h5")
    logits = thesis.run(logits_model(model), test, part)
    np.savez_compressed(folder / f"{name}_golden.npz", x=test, **dict(zip(model.output_names, logits)))
    np.save(folder / f"{name}_calibration.npy", pictures.batch(CALIBRATION[name], shape, seed=500))


def convert(name, folder):
    import tf2onnx
    model = keras.models.load_model(folder / f"{name}.h5", custom_objects=thesis.CUSTOM, compile=False)
    shape = model.input_shape[1:]
    signature = tf.TensorSpec((1, *shape), tf.float32, name="input")
    tf2onnx.convert.from_keras(model, input_signature=(signature,), opset=17,
                               output_path=str(folder / f"{name}_float.onnx"))
    twin = logits_model(model)
    function = tf.function(lambda x: twin(x, training=False), input_signature=[signature]).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], twin)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    inputs = np.load(folder / f"{name}_calibration.npy").astype(np.float32)
    converter.representative_dataset = lambda: ([x[None]] for x in inputs)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    (folder / f"{name}_int8.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    network, target = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (target / f"{network}_golden.npz").exists():
        build(network, target)
    convert(network, target)
