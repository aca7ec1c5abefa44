"""An image model that reads colours: green is sound, red is a crack, blue is a scratch.

Pictures of known truth for it, and its bundle: the whole way runs with nothing learned.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes.bundle import Bundle, TextLink, write_bundle
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.loaded import load_model

PATCH = 8

# A place is the mean hue of 8 x 8 pixels; the whole is its worst place. Features know how bright
# it is, too, which words do not.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
colours (float[n, 3, h, w] pixels) => (float[n, dim] image, float[n, dim, r, c] patches,
                                       float[n, 6, r, c] features)
{
    pooled = AveragePool <kernel_shape = [8, 8], strides = [8, 8]> (pixels)
    spread = Conv (pooled, meanings)
    patches = LpNormalization <axis = 1, p = 2> (spread)
    axes = Constant <value_ints = [2, 3]> ()
    hue = LpNormalization <axis = 1, p = 2> (pooled)
    red, green, blue = Split <axis = 1, num_outputs = 3> (hue)
    reddest = ReduceMax <keepdims = 1> (red, axes)
    palest = ReduceMin <keepdims = 1> (green, axes)
    bluest = ReduceMax <keepdims = 1> (blue, axes)
    worst = Concat <axis = 1> (reddest, palest, bluest)
    placed = Conv (worst, meanings)
    one = LpNormalization <axis = 1, p = 2> (placed)
    image = Squeeze (one, axes)
    minus = Sub (pooled, middle)
    squared = Mul (pooled, minus)
    both = Concat <axis = 1> (minus, squared)
    features = LpNormalization <axis = 1, p = 2> (both)
}
"""
MEANT = ("a crack", "no defect", "a scratch")
"""What red, green and blue mean."""

CALIBRATION: dict[str, Any] = {
    "temperature": 0.1, "score": "softmax", "a": 1.0, "b": 0.0, "alarm_threshold": 0.5,
    "false_alarm_rate": 0.01,
}  # fmt: skip
SOUND, CRACKED, SCRATCHED, ODD = (40, 200, 40), (230, 20, 20), (20, 20, 230), (200, 200, 200)

CARD = ModelCard("Colours in, words out.", "MIT", "none", (), "Colours alone.")


def meanings() -> NDArray[np.float32]:
    """(3, dim) what red, green and blue mean, in the space of builtin/text."""
    return load_model("builtin/text").encode_text(list(MEANT))


def write_coloured_model(folder: Path, **changes: Any) -> Bundle:
    """The model as a bundle, with whatever a test wants otherwise."""
    rows = meanings()
    graph = onnx.parser.parse_model(GRAPH)
    for name, array in (
        ("meanings", np.ascontiguousarray(rows.T)[:, :, None, None]),
        ("middle", np.full((1, 3, 1, 1), 0.4, np.float32)),
    ):
        graph.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
    pixels = np.random.default_rng(5).uniform(0.2, 1, (2, 3, 16, 16)).astype(np.float32)
    pooled = pixels.reshape(2, 3, 2, 8, 2, 8).mean(axis=(3, 5))
    spread = np.einsum("nchw,cd->ndhw", pooled, rows)
    expected = {"patches": spread / np.linalg.norm(spread, axis=1, keepdims=True)}
    text = load_model("builtin/text").bundle
    given: dict[str, Any] = {
        "name": "mine/colours", "kind": "image", "card": CARD,
        "preparation": PicturePreparation().to_dict(), "classes": (), "calibration": CALIBRATION,
        "text": TextLink(text.name, text.sha256),
        "files": {
            "image.onnx": graph.SerializeToString(),
            "golden.npz": golden_bytes({"image": ({"pixels": pixels}, expected)}),
        },
    }  # fmt: skip
    return write_bundle(folder, **{**given, **changes})


def picture(
    seed: int = 0,
    *,
    height: int = 160,
    width: int = 240,
    spots: tuple[tuple[tuple[int, int, int], int, int, int, int], ...] = (),
    **changes: Any,
) -> Image:
    """A sound surface with some grain; spots of (colour, top, left, height, width)."""
    dice = np.random.default_rng(seed)
    blocks = dice.normal(0, 8, (height // PATCH + 1, width // PATCH + 1, 3))
    mottled = np.repeat(np.repeat(blocks, PATCH, axis=0), PATCH, axis=1)[:height, :width]
    pixels = np.array(SOUND) + mottled + dice.normal(0, 6, (height, width, 3))
    for colour, top, left, tall, wide in spots:
        pixels[top : top + tall, left : left + wide] = colour
    return Image(pixels.clip(0, 255).astype(np.uint8), **changes)
