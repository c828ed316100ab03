"""Writes the Keras fixtures: small random networks in every format, each with an input and Keras' own outputs.

Run with TensorFlow 2.15 and keras-self-attention:  TF_KERAS=1 python make_keras.py keras
"""
import json, os, sys, zipfile

os.environ["TF_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import h5py
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model, Sequential
from keras_self_attention import SeqSelfAttention

OUT = sys.argv[1]


def picture(x):
    """Convolutions of every kind, pools, normalizations, activations, merges."""
    x = Rescaling(1 / 127.5, offset=-1)(x)
    x = ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = Conv2D(8, 3, strides=2, use_bias=False)(x)
    x = BatchNormalization()(x)
    x = Activation("swish")(x)
    y = DepthwiseConv2D(3, padding="same", dilation_rate=2)(x)
    y = LeakyReLU(0.1)(y)
    y = SeparableConv2D(8, 3, padding="same", depth_multiplier=2, activation="relu")(y)
    s = GlobalAveragePooling2D()(y)
    s = Reshape((1, 1, 8))(s)
    s = Conv2D(2, 1, activation="swish")(s)
    s = Conv2D(8, 1, activation="sigmoid")(s)
    y = Multiply()([y, s])
    y = Dropout(0.2, noise_shape=(None, 1, 1, 1))(y)
    x = Add()([x, y])
    a = MaxPooling2D(3, strides=2, padding="same")(x)
    b = AveragePooling2D(3, strides=2, padding="same")(x)
    c = Conv2D(8, 3, strides=2, padding="same", groups=2)(x)
    c = PReLU(shared_axes=[1, 2])(c)
    x = Concatenate()([a, b, c])
    d = DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)(x)
    d = Conv2DTranspose(24, 3, strides=2, padding="same", activation="elu")(d)
    d = Cropping2D(((0, d.shape[1] - x.shape[1]), (0, d.shape[2] - x.shape[2])))(d)
    x = Average()([x, d])
    u = UpSampling2D(2, interpolation="bilinear")(x)
    u = UpSampling2D(2)(u)
    u = Resizing(x.shape[1], x.shape[2])(u)
    x = Maximum()([x, u])
    x = LayerNormalization()(x)
    x = Permute((2, 1, 3))(x)
    x = ReLU(6.0, negative_slope=0.05)(x)
    x = Conv2D(4, 2, activation="tanh")(x)
    x = Flatten()(x)
    x = Dense(12, activation="hard_sigmoid")(x)
    x = PReLU()(x)
    x = ThresholdedReLU(0.05)(x)
    x = Dense(6, activation="gelu")(x)
    m = Minimum()([x, Subtract()([x, Dense(6)(x)])])
    return [Dense(4, activation="softmax", name="action")(m), Dense(1, name="age")(m)]


def spatial_attention(x):
    mean = Lambda(lambda x: K.mean(x, axis=3, keepdims=True))(x)
    largest = Lambda(lambda x: K.max(x, axis=3, keepdims=True))(x)
    gate = Conv2D(1, 3, padding="same", activation="sigmoid", use_bias=False)(Concatenate(axis=3)([mean, largest]))
    return multiply([x, gate])


def backbone(height, width):
    inputs = Input((height, width, 3))
    x = Rescaling(1 / 128, offset=-1)(inputs)
    x = Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = BatchNormalization(name="stem_bn")(x)
    x = Activation(tf.nn.swish)(x)
    x = DepthwiseConv2D(5, strides=2, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    return Model(inputs, x, name="backbone")


def clip(frames, height, width):
    """The thesis' swimmer graph in small."""
    inputs = Input((frames, height, width, 3))
    maps = TimeDistributed(backbone(height, width))(inputs)
    t = TimeDistributed(GlobalAveragePooling2D())(maps)
    t = LSTM(8, return_sequences=True)(t)
    t = SeqSelfAttention(units=5, attention_activation="sigmoid")(t)
    t = concatenate([GlobalAveragePooling1D()(t), GlobalMaxPooling1D()(t)])
    s = tf.math.reduce_mean(maps, axis=1)
    s = spatial_attention(SeparableConv2D(8, 3, padding="same")(s))
    s = GlobalAveragePooling2D()(BatchNormalization()(s))
    f = Dropout(0.3)(Concatenate()([s, t]))
    a = BatchNormalization()(PReLU()(Dense(10, activation="relu")(f)))
    b = BatchNormalization()(PReLU()(Dense(10)(f)))
    return Model(inputs, [Dense(4, activation="softmax", name="reid")(a), Dense(4, activation="softmax", name="action")(b)])


def sequence():
    """Recurrent layers and attention of every kind, on [1, T, C]."""
    inputs = Input((6, 4))
    x = Conv1D(6, 3, padding="causal", activation="relu")(inputs)
    x = Bidirectional(LSTM(4, return_sequences=True))(x)
    x = Bidirectional(GRU(3, return_sequences=True), merge_mode="sum")(x)
    x = GRU(5, return_sequences=True, reset_after=False, go_backwards=True)(x)
    x = LSTM(5, return_sequences=True, recurrent_activation="hard_sigmoid")(x)
    x = SimpleRNN(4, return_sequences=True)(x)
    x = SeqSelfAttention(units=3, attention_width=3, attention_activation="tanh")(x)
    x = SeqSelfAttention(attention_type="multiplicative", attention_activation="sigmoid")(x)
    x = TimeDistributed(Dense(5, activation="selu"))(x)
    p = MaxPooling1D(2)(x)
    p = UpSampling1D(2)(ZeroPadding1D(1)(p))
    p = Cropping1D((1, 3))(p)
    x = Add()([x, p])
    y = Dot(axes=2)([x, x])
    y = Softmax(axis=1)(y)
    y = GlobalMaxPooling1D()(y)
    z = LSTM(4)(x)
    z = RepeatVector(3)(z)
    z = Bidirectional(LSTM(2))(z)
    return Model(inputs, [Dense(3, activation="softplus", name="scores")(concatenate([y, z]))])


def operations():
    """TensorFlow functions called on Keras tensors."""
    inputs = Input((8, 8, 3))
    x = inputs / 255.0 - tf.constant([0.4, 0.5, 0.6])
    x = Conv2D(4, 3, padding="same")(x)
    y = tf.nn.relu(x)[:, 1:7, ::2, :]
    y = tf.transpose(y, [0, 2, 1, 3])
    y = tf.reshape(y, [-1, 4 * 6, 4])
    y = tf.concat([tf.reduce_max(y, axis=1), tf.reduce_mean(y, axis=[1])], -1)
    z = tf.math.sigmoid(tf.reduce_sum(x, [1, 2], keepdims=True)) * x
    z = tf.squeeze(tf.expand_dims(tf.math.reduce_mean(z, [1, 2]), 1), 1)
    z = 2.0 - tf.clip_by_value(z, -0.5, 0.5) ** 2
    y = tf.math.l2_normalize(y, axis=-1)
    return Model(inputs, Dense(3, name="scores")(tf.concat([y, tf.maximum(z, tf.exp(-z))], axis=-1)))


def randomise(model, seed):
    r = np.random.default_rng(seed)
    for w in model.weights:
        n = w.name.split("/")[-1]
        v = r.normal(0, 0.4, w.shape)
        if "variance" in n: v = r.uniform(0.5, 2, w.shape)
        elif "gamma" in n: v = r.uniform(0.5, 1.5, w.shape)
        elif "kernel" in n: v = v * 2 / np.sqrt(np.prod(w.shape[:-1]))
        if "count" not in n: w.assign(v)


def golden(name, model, x):
    np.save(f"{OUT}/{name}-input.npy", x)
    y = model(x.astype("float32"), training=False)
    for output, value in zip(model.output_names, y if isinstance(y, (list, tuple)) else [y]):
        np.save(f"{OUT}/{name}-{output}.npy", np.asarray(value, "float32"))


def as_2_3(path, out):
    """The same file with TFOpLambda written as TensorFlow 2.3 did."""
    with open(path, "rb") as f: data = f.read()
    with open(out, "wb") as f: f.write(data)
    with h5py.File(out, "r+") as f:
        config = json.loads(f.attrs["model_config"])
        def fix(items):
            for l in items:
                if l["class_name"] == "TFOpLambda":
                    old, new = l["name"], "tf_op_layer_Mean"
                    l.update(class_name="TensorFlowOpLayer", name=new, config={
                        "name": new, "trainable": True, "dtype": "float32", "constants": {"1": 1},
                        "node_def": {"name": "Mean", "op": "Mean", "input": ["x", "Mean/reduction_indices"], "attr": {
                            "keep_dims": {"b": False}, "T": {"type": "DT_FLOAT"}, "Tidx": {"type": "DT_INT32"}}}})
                    l["inbound_nodes"] = [[[l["inbound_nodes"][0][0], 0, 0, {}]]]
                    for other in items:
                        other["inbound_nodes"] = json.loads(json.dumps(other.get("inbound_nodes")).replace(f'"{old}"', f'"{new}"'))
        fix(config["config"]["layers"])
        f.attrs["model_config"] = json.dumps(config)
        f.attrs["keras_version"] = "2.4.0"


def main():
    os.makedirs(OUT, exist_ok=True)
    tf.random.set_seed(1)
    r = np.random.default_rng(5)
    bytes_ = lambda *s: r.integers(0, 256, s, dtype=np.uint8)

    inputs = Input((14, 14, 3))
    model = Model(inputs, picture(inputs))
    randomise(model, 1)
    golden("picture", model, bytes_(3, 14, 14, 3))
    model.save(f"{OUT}/picture.h5")
    model.save(f"{OUT}/picture.keras")
    model.save_weights(f"{OUT}/picture-weights.h5")
    with open(f"{OUT}/picture-weights.json", "w") as f: f.write(model.to_json())

    K.clear_session()
    model = clip(4, 12, 10)
    randomise(model, 2)
    golden("clip", model, bytes_(3, 4, 12, 10, 3))
    model.save(f"{OUT}/clip.h5")
    model.save(f"{OUT}/clip.keras")
    as_2_3(f"{OUT}/clip.h5", f"{OUT}/clip-2.3.h5")

    K.clear_session()
    model = sequence()
    randomise(model, 3)
    golden("sequence", model, r.normal(0, 1, (3, 6, 4)).astype("float32"))
    model.save(f"{OUT}/sequence.h5")
    model.save(f"{OUT}/sequence.keras")

    K.clear_session()
    model = operations()
    randomise(model, 4)
    golden("operations", model, bytes_(3, 8, 8, 3))
    model.save(f"{OUT}/operations.h5")

    # Nested, shared and frozen layers; the order of the weights is not that of the layers.
    K.clear_session()
    inner = Sequential([Input((6, 6, 3)), Conv2D(4, 3, name="a"), BatchNormalization(name="n"), Conv2D(4, 1, name="b")], name="inner")
    inner.get_layer("n").trainable = False
    inner.get_layer("a").trainable = False
    shared = Dense(5, activation="relu")
    inputs = Input((6, 6, 3))
    x = GlobalAveragePooling2D()(inner(inputs))
    y = GlobalMaxPooling2D()(inner(inputs))
    model = Model(inputs, Dense(2, name="scores")(Add()([shared(x), shared(y)])))
    randomise(model, 5)
    golden("nested", model, bytes_(3, 6, 6, 3))
    model.save(f"{OUT}/nested.h5")
    model.save(f"{OUT}/nested.keras")

    # A few kilobytes that claim four gigabytes.
    with h5py.File(f"{OUT}/claim.h5", "w") as f:
        f.create_dataset("model_weights/dense/kernel:0", (1 << 15, 1 << 15), "f4", chunks=(1 << 10, 1 << 10))

    for name in sorted(os.listdir(OUT)): print(name, os.path.getsize(f"{OUT}/{name}"))


main()
