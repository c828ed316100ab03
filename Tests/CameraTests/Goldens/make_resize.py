"""Golden pictures of the resize: Pillow's bilinear (antialiased) filter on pictures that both sides draw from one formula.

    python3 Tests/CameraTests/Goldens/make_resize.py > Tests/CameraTests/Goldens/resize.json
"""
import json

import numpy as np
from PIL import Image


def picture(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 50 + (x * y) % 11 * 9 + (x // 5 + y // 3) % 2 * 60) % 256).astype(np.uint8)


cases = []
for (w, h), (ow, oh) in [((37, 29), (16, 12)), ((200, 200), (32, 32)), ((11, 9), (24, 20)), ((20, 20), (20, 20)),
                         ((64, 48), (7, 40)), ((3, 1), (8, 8))]:
    out = np.asarray(Image.fromarray(picture(w, h)).resize((ow, oh), Image.BILINEAR))
    cases.append({"width": w, "height": h, "outWidth": ow, "outHeight": oh, "pixels": out.reshape(-1).tolist()})
print(json.dumps(cases, separators=(",", ":")))
