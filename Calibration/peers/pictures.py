"""Inputs for networks with random weights: pans over the photographs that scikit-learn and scikit-image carry."""
import functools
import pathlib

import numpy as np
from PIL import Image

LEARN = ("china.jpg", "flower.jpg")
IMAGE = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "hubble_deep_field.jpg", "motorcycle_left.png",
         "ihc.png", "retina.jpg", "brick.png", "grass.png", "gravel.png", "camera.png")


@functools.cache
def photographs():
    import skimage
    import sklearn
    learn = pathlib.Path(sklearn.__file__).parent / "datasets" / "images"
    image = pathlib.Path(skimage.__file__).parent / "data"
    return [Image.open(path).convert("RGB") for path in [*(learn / n for n in LEARN), *(image / n for n in IMAGE)]]


def clip(random, frames, height, width):
    """A window that drifts over one photograph, under some light, with noise: [frames, height, width, 3] in 0…255."""
    photo = photographs()[random.integers(len(photographs()))]
    side = random.uniform(0.25, 0.8) * min(photo.size)
    left, top = random.uniform(0, photo.size[0] - side), random.uniform(0, photo.size[1] - side)
    drift = random.normal(0, 0.02 * side, 2)
    gain = random.uniform(0.5, 1.3, 3) * random.uniform(0.7, 1.2)
    offset, mirrored = random.uniform(-30, 40), random.random() < 0.5
    result = []
    for frame in range(frames):
        x = np.clip(left + drift[0] * frame, 0, photo.size[0] - side)
        y = np.clip(top + drift[1] * frame, 0, photo.size[1] - side)
        box = (x, y, x + side, y + side)
        pixels = np.asarray(photo.resize((width, height), Image.BILINEAR, box=box), np.float32)
        pixels = pixels[:, ::-1] if mirrored else pixels
        noisy = pixels * gain + offset + random.normal(0, 2, pixels.shape)
        result.append(np.clip(np.round(noisy), 0, 255))
    return np.stack(result).astype(np.uint8)


def batch(count, shape, seed):
    """`count` clips of shape (frames, height, width)."""
    random = np.random.default_rng(seed)
    return np.stack([clip(random, *shape) for _ in range(count)])
