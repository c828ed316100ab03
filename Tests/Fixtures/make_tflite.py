"""Writes the small TFLite networks that the tests import, and what the TFLite interpreter computes with them.

    python Tests/Fixtures/make_tflite.py        (TensorFlow 2.15)

tflite-NET-KIND.tflite, tflite-NET-input.npy (uint8, N x H x W x 3; clips N x T x H x W x 3) and, for each output of
the file by its index, tflite-NET-KIND-INDEX.npy (float32). Weights are random and seeded: nothing here recognises anything.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np                                                          # noqa: E402
import tensorflow as tf                                                     # noqa: E402
from tensorflow.keras import layers as L                                    # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT, FRAMES, SIZE = 6, 4, 16


def pictures(random, count, size=SIZE):
    """Smooth random pictures: a few waves in each colour, full range, a little noise."""
    y, x = np.mgrid[0:size, 0:size] / size
    out = np.zeros((count, size, size, 3))
    for _ in range(4):
        fx, fy, phase = random.uniform(-3, 3, (3, count, 1, 1, 3))
        out += np.sin(2 * np.pi * (fx * x[..., None] + fy * y[..., None] + phase))
    return np.clip(128 + 45 * out + random.normal(0, 6, out.shape), 0, 255).astype(np.uint8)


def small():
    """Every kind of convolution and pool, swish and squeeze-excite, two outputs; colours 0...255 inside."""
    x = image = L.Input((SIZE, SIZE, 3), batch_size=1, name="image")
    x = L.Rescaling(1 / 127.5, -1)(x)
    x = L.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = L.Activation("relu6")(L.BatchNormalization()(x))
    y = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    y = L.Activation("swish")(L.Conv2D(8, 1)(y))
    gate = L.GlobalAveragePooling2D(keepdims=True)(y)
    gate = L.Conv2D(8, 1, activation="sigmoid")(L.Conv2D(4, 1, activation="swish")(gate))
    x = L.Add()([x, L.Multiply()([y, gate])])
    y = L.Conv2D(6, 3, dilation_rate=2, padding="same", activation="tanh")(L.ZeroPadding2D(1)(x))
    x = L.Concatenate()([L.MaxPooling2D(2)(x), L.AveragePooling2D(3, 2, padding="valid")(y)[:, :4, :4]])
    up = L.UpSampling2D(2, interpolation="bilinear")(x)
    up = L.PReLU(shared_axes=[1, 2], alpha_initializer="uniform")(L.Conv2DTranspose(4, 3, 2, padding="same")(up))
    mask = L.Conv2D(1, 1, activation="sigmoid", name="mask")(up)
    x = L.Flatten()(L.LeakyReLU(0.2)(L.Conv2D(4, 3, groups=2)(x)))
    return tf.keras.Model(image, [L.Dense(5, activation="softmax", name="scores")(x), mask])


def clip():
    """A network per frame, a dense layer, an LSTM fused by the converter, and a mean over time."""
    clip = L.Input((FRAMES, SIZE, SIZE, 3), batch_size=1, name="clip")
    frame = tf.keras.Sequential([
        L.Rescaling(1 / 255), L.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
        L.DepthwiseConv2D(3, strides=2, padding="same"), L.ReLU(6), L.GlobalAveragePooling2D()])
    x = L.TimeDistributed(frame)(clip)
    x = L.LSTM(7, return_sequences=True)(L.Dense(8, activation="relu")(x))
    return tf.keras.Model(clip, L.Dense(3, name="action")(L.GlobalAveragePooling1D()(x)))


def settle(model, inputs):
    """Random but sane: varied batch norms, outputs that differ from input to input."""
    random = np.random.default_rng(5)
    for layer in model.submodules:
        if isinstance(layer, L.BatchNormalization):
            c = layer.gamma.shape[0]
            layer.set_weights([random.uniform(.7, 1.3, c), random.normal(.2, .3, c), random.normal(0, .3, c),
                               random.uniform(.1, .4, c)])
        elif hasattr(layer, "bias") and isinstance(getattr(layer, "bias"), tf.Variable):
            layer.bias.assign(random.normal(0, .1, layer.bias.shape))


def convert(model, inputs, kind):
    shape = model.inputs[0].shape
    function = tf.function(lambda x: model(x), input_signature=[tf.TensorSpec(shape, tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], model)
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind in ("int8", "uint8"):
        converter.representative_dataset = lambda: ([x[None].astype(np.float32)] for x in inputs)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, kind)
    return converter.convert()


def run(model, inputs):
    """The outputs by name, as real numbers."""
    interpreter = tf.lite.Interpreter(model_content=model,
                                      experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    results = [[] for _ in interpreter.get_output_details()]
    for x in inputs:
        x = x[None].astype(np.int16) - 128 if given["dtype"] == np.int8 else x[None]
        interpreter.set_tensor(given["index"], x.astype(given["dtype"]))
        interpreter.reset_all_variables()
        interpreter.invoke()
        for result, detail in zip(results, interpreter.get_output_details()):
            scale, zero = detail["quantization"]
            y = interpreter.get_tensor(detail["index"])[0].astype(np.float32)
            result.append((y - zero) * scale if scale else y)
    return [np.stack(r).astype(np.float32) for r in results]


def write(name, model, inputs, kind):
    data = convert(model, inputs, kind)
    path = os.path.join(HERE, f"tflite-{name}")
    with open(path + ".tflite", "wb") as file:
        file.write(data)
    for index, result in enumerate(run(data, inputs)):
        np.save(f"{path}-{index}.npy", result)
    print(name, len(data))


def main():
    inputs = pictures(np.random.default_rng(11), COUNT)
    tf.keras.utils.set_random_seed(11)
    model = small()
    settle(model, inputs)
    np.save(os.path.join(HERE, "tflite-small-input.npy"), inputs)
    for kind in ("float32", "float16", "int8", "uint8"):
        write("small-" + kind, model, inputs, kind)
    first = pictures(np.random.default_rng(12), COUNT)
    clips = np.stack([np.roll(first, 2 * t, axis=2) for t in range(FRAMES)], 1)
    tf.keras.utils.set_random_seed(12)
    model = clip()
    settle(model, clips)
    np.save(os.path.join(HERE, "tflite-clip-input.npy"), clips)
    write("clip-float32", model, clips, "float32")


if __name__ == "__main__":
    main()
