"""Colours of a heat map: even steps for every eye, clear where nothing is."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faultlens.core.files import written_whole

_PLASMA = (
    (13, 8, 135),
    (76, 2, 161),
    (126, 3, 168),
    (170, 35, 149),
    (204, 71, 120),
    (230, 108, 92),
    (248, 149, 64),
    (253, 197, 39),
    (240, 249, 33),
)
"""The colour map plasma at nine even steps: between them it is straight within 2 %, and pictures of
a batch need no matplotlib. Source: van der Walt and Smith, A Better Default Colormap (2015)."""

CLEAR_BELOW = 0.5
"""Share of the level below which a place is clear; it is full from the level on. Our convention."""

USUAL_LEVEL = 0.5
"""The level where none is known: more likely a defect than not."""

STRONGEST_COVER = 0.55
"""Most that the heat covers of the picture: what lies below stays to be seen."""


def heat_table() -> NDArray[np.uint8]:
    """The colours of a heat from 0 to 1.

    Returns:
        (step, channel) 256 steps of red, green, blue.

    Example:
        >>> heat_table()[[0, 255]].tolist()
        [[13, 8, 135], [240, 249, 33]]
    """
    steps = np.linspace(0, len(_PLASMA) - 1, 256)
    anchors = np.array(_PLASMA, dtype=np.float64)
    channels = [np.interp(steps, np.arange(len(_PLASMA)), anchors[:, x]) for x in range(3)]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def cover_table(level: float | None) -> NDArray[np.uint8]:
    """How much a heat from 0 to 1 covers the picture.

    Args:
        level: heat from which a place counts as defective; None where unknown.

    Returns:
        (step,) 256 steps, 0 for clear, 255 for opaque.

    Example:
        >>> cover = cover_table(0.5)
        >>> cover[0], cover[60], cover[255] == round(255 * STRONGEST_COVER)
        (np.uint8(0), np.uint8(0), np.True_)
    """
    full = USUAL_LEVEL if level is None else min(max(level, 0.02), 1.0)
    heat = np.linspace(0, 1, 256)
    rise = np.clip((heat - CLEAR_BELOW * full) / (full - CLEAR_BELOW * full), 0, 1)
    return np.round(255 * STRONGEST_COVER * rise).astype(np.uint8)


def heat_picture(
    heat: NDArray[np.floating], level: float | None, size: tuple[int, int]
) -> Image.Image:
    """The heat as a picture that is clear where nothing is.

    Args:
        heat: (row, column) 0 to 1; what is no number counts as 0.
        level: heat from which a place counts as defective; None where unknown.
        size: width and height of the picture, pixels.

    Example:
        >>> heat_picture(np.zeros((2, 3)), None, (6, 4)).getextrema()[3]
        (0, 0)
    """
    spread = _steps(heat, size)
    table, cover = heat_table(), cover_table(level)
    bands = [spread.point(list(map(int, x))) for x in (*table.T, cover)]
    return Image.merge("RGBA", bands)


def write_heat(
    path: str | Path, heat: NDArray[np.floating], level: float | None, size: tuple[int, int]
) -> None:
    """Write the heat as a PNG file that is clear where nothing is, whole or not at all.

    Its 256 steps are a palette: a quarter of the size and of the time of full colours.

    Args:
        path: the file to write.
        heat: (row, column) 0 to 1; what is no number counts as 0.
        level: heat from which a place counts as defective; None where unknown.
        size: width and height of the picture, pixels.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "heat.png"
        >>> write_heat(target, np.zeros((2, 3)), None, (60, 40))
        >>> Image.open(target).convert("RGBA").getchannel("A").getextrema()
        (0, 0)
    """
    cover = cover_table(level)
    # What is clear needs one step only, and packs well.
    seen = [step if cover[step] else 0 for step in range(256)]
    picture = _steps(heat, size).point(seen)
    picture.putpalette(heat_table().tobytes())
    with written_whole(path) as temporary:
        picture.save(temporary, format="PNG", transparency=cover.tobytes(), compress_level=4)


def _steps(heat: NDArray[np.floating], size: tuple[int, int]) -> Image.Image:
    """The heat in 256 steps, over all of the picture."""
    known = np.nan_to_num(np.asarray(heat, dtype=np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    steps = Image.fromarray(np.round(255 * np.clip(known, 0, 1)).astype(np.uint8))
    shrinks = size[0] < steps.width or size[1] < steps.height
    return steps.resize(size, Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC)
