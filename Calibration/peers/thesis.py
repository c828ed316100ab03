"""The thesis' two networks in Keras, on EfficientNet-B3, with random weights that behave like trained ones."""
import os

os.environ.setdefault("TF_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import efficientnet.tfkeras as efficientnet
import numpy as np
import tensorflow as tf
from keras_self_attention import SeqSelfAttention
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers as L

CUSTOM = {"SeqSelfAttention": SeqSelfAttention}


def spatial_attention(x):
    mean = L.Lambda(lambda x: K.mean(x, axis=3, keepdims=True))(x)
    largest = L.Lambda(lambda x: K.max(x, axis=3, keepdims=True))(x)
    both = L.Concatenate(axis=3)([mean, largest])
    gate = L.Conv2D(1, 3, padding="same", activation="sigmoid", kernel_initializer="he_normal", use_bias=False)(both)
    return L.multiply([x, gate])


def trunk(frames, size):
    """The backbone on every frame, then what moves (LSTM, attention) and what stays (separable convolutions)."""
    clip = L.Input(batch_shape=(None, frames, size, size, 3))
    whole = efficientnet.EfficientNetB3(input_shape=(size, size, 3), include_top=False, weights=None)
    backbone = keras.Model(whole.input, whole.get_layer("block7a_project_bn").output)
    maps = L.TimeDistributed(backbone)(clip)
    motion = L.TimeDistributed(L.GlobalAveragePooling2D())(maps)
    motion = L.LSTM(256, return_sequences=True, name="lstm_layer_in")(motion)
    motion = SeqSelfAttention(attention_activation="sigmoid")(motion)
    motion = L.concatenate([L.GlobalAveragePooling1D()(motion), L.GlobalMaxPooling1D()(motion)])
    scene = tf.math.reduce_mean(maps, axis=1)
    for _ in range(2):
        scene = spatial_attention(L.SeparableConv2D(512, 3, padding="same")(scene))
    scene = L.GlobalAveragePooling2D()(L.BatchNormalization()(scene))
    features = L.Concatenate()([L.Dropout(0.3)(scene), L.Dropout(0.3)(motion)])
    return clip, L.Dropout(0.3)(features), backbone


def swimmer():
    clip, features, backbone = trunk(15, 100)
    outputs = []
    for name, activation in (("reid_output", "relu"), ("action_output", None)):
        x = L.PReLU()(L.Dense(1024, activation=activation)(features))
        outputs.append(L.Dense(4, activation="softmax", name=name)(L.Dropout(0.5)(L.BatchNormalization()(x))))
    return keras.Model(clip, outputs), backbone


def face():
    picture, features, backbone = trunk(1, 198)
    outputs = []
    for name, classes, activation in (
            ("age_output", 1, "linear"), ("race_output", 5, "softmax"), ("gender_output", 2, "sigmoid")):
        x = L.BatchNormalization()(L.PReLU()(L.Dense(512)(features)))
        outputs.append(L.Activation(activation, name=name)(L.Dense(classes)(L.Dropout(0.5)(x))))
    return keras.Model(picture, outputs, name="far_net"), backbone


NETWORKS = {"swim": swimmer, "face": face}


def flattened(model):
    for layer in model.layers:
        layer = layer.layer if isinstance(layer, L.TimeDistributed) else layer
        if isinstance(layer, keras.Model):
            yield from flattened(layer)
        else:
            yield layer


def randomise(model, seed):
    """Weights as after training: residual branches small, activations offset, so that noise is not amplified."""
    random = np.random.default_rng(seed)
    names = {layer.name for layer in flattened(model)}
    for layer in flattened(model):
        name, weights = layer.name, layer.get_weights()
        if isinstance(layer, L.BatchNormalization):
            count, projects = weights[0].shape, "project" in name
            is_branch = projects and name.replace("project_bn", "add") in names
            gain, offset = (0.3 if is_branch else 1.0), 0.0
            if ("block" in name or "stem" in name) and not projects:
                gain, offset = 0.5, 1.0
            layer.set_weights([gain * np.exp(random.normal(0, 0.3, count)), random.normal(offset, 0.2, count),
                               *weights[2:]])
        elif isinstance(layer, L.PReLU):
            layer.set_weights([random.uniform(0.05, 0.35, weights[0].shape)])
        elif "se_expand" in name and weights:
            layer.set_weights([weights[0] * 0.5, random.normal(0.5, 0.5, weights[1].shape)])
        elif "se_reduce" in name and weights:
            layer.set_weights([weights[0], random.normal(0, 0.3, weights[1].shape)])
        elif isinstance(layer, L.Dense):
            gain = 1.2 if weights[0].shape[1] < 10 else 1.0
            layer.set_weights([weights[0] * gain, random.normal(0, 0.2, weights[1].shape)])
        elif isinstance(layer, L.SeparableConv2D):
            layer.set_weights([*weights[:2], random.normal(0, 0.1, weights[2].shape)])
        elif isinstance(layer, L.LSTM):
            layer.set_weights([weights[0] * 2, *weights[1:]])


def run(model, inputs, size):
    """In parts of `size`; one array an output."""
    call = tf.function(lambda x: model(x, training=False))
    parts = [call(tf.constant(inputs[i:i + size], tf.float32)) for i in range(0, len(inputs), size)]
    if isinstance(parts[0], (list, tuple)):
        return [np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(len(parts[0]))]
    return np.concatenate([np.asarray(part) for part in parts])


def settle(model, backbone, clips):
    """Batch statistics from one pass in training mode, of the backbone and then of the head."""
    frames = clips.reshape(-1, *clips.shape[2:])
    chosen = np.random.default_rng(3).permutation(len(frames))[:48 if clips.shape[2] == 100 else 16]
    one_pass(backbone, frames[chosen])
    maps = next(layer for layer in model.layers if isinstance(layer, L.TimeDistributed)).output
    features = run(backbone, frames, 16)
    one_pass(keras.Model(maps, model.output), features.reshape(*clips.shape[:2], *features.shape[1:]))


def one_pass(model, inputs):
    saved = []
    for layer in flattened(model):
        for attribute in ("momentum", "rate"):
            if isinstance(layer, (L.BatchNormalization, L.Dropout)) and hasattr(layer, attribute):
                saved.append((layer, attribute, getattr(layer, attribute)))
                setattr(layer, attribute, 0.0)
    model(tf.constant(inputs, tf.float32), training=True)
    for layer, attribute, value in saved:
        setattr(layer, attribute, value)


def decision(model, name):
    """The dense layer whose numbers the output `name` is made of."""
    layer = model.get_layer(name)
    if isinstance(layer, L.Dense):
        return layer
    return next(dense for dense in model.layers if isinstance(dense, L.Dense) and dense.output is layer.input)


def spread_logits(model, inputs, size):
    """Scales the deciding layers so that logits differ by about 1.5: neither flat nor saturated."""
    for name in model.output_names:
        layer = decision(model, name)
        kernel, bias = layer.get_weights()
        logits = run(keras.Model(model.input, layer.input), inputs, size) @ kernel + bias
        scale = 1.5 / max(logits.std(0).mean(), 1e-6)
        layer.set_weights([kernel * scale, bias - logits.mean(0) * scale * 0.7])
