"""Pictures of two textures that anyone tells apart, labelled as a test wants them."""

from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from faultlens.datasets.pictures.picture import LabelledPicture

SIDE = 96


def texture(kind: str, seed: int, side: int = SIDE) -> np.ndarray:
    """(row, column) stripes, dots, plain metal, or metal that is bright or dark on the left."""
    draw = np.random.default_rng([seed, len(kind)])
    grey = 128 + 6 * draw.normal(size=(side, side))
    rows, columns = np.indices((side, side))
    if kind == "stripes":
        angle, period = draw.uniform(0, np.pi), draw.uniform(7, 9)
        phase = (rows * np.cos(angle) + columns * np.sin(angle)) / period
        grey += 50 * (np.sin(2 * np.pi * phase) > 0.6)
    elif kind == "dots":
        for row, column in draw.uniform(8, side - 8, (14, 2)):
            grey -= 70 * ((rows - row) ** 2 + (columns - column) ** 2 < draw.uniform(4, 12))
    elif kind in ("bright", "dark"):
        grey[:, : side // 2] += 90 if kind == "bright" else -90
    return grey.clip(0, 255).astype(np.uint8)


def labelled(
    folder: Path, kinds: dict[str, str], count: int, *, first_seed: int = 0
) -> list[LabelledPicture]:
    """Pictures on disk: label -> texture; so many of each."""
    made = []
    for label, kind in kinds.items():
        for number in range(count):
            path = folder / f"{label.replace(' ', '_')}-{first_seed + number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Pillow.fromarray(texture(kind, first_seed + number)).save(path)
            made.append(
                LabelledPicture(
                    path, path.name, label, label != "no defect", SIDE, SIDE, group=path.name
                )
            )
    return made
