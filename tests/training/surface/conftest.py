"""Small pictures with known defects, as files with what is true of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.datasets.pictures.picture import Box, LabelledPicture
from faultlens.images.simulator.render import render_surface
from faultlens.images.write import write_image

Made = Callable[..., LabelledPicture]


def writer(folder: Path) -> Made:
    """Writes a picture, and its mask where there is one, and says what is true of it."""

    def made(
        name: str,
        label: str,
        pixels: np.ndarray,
        mask: np.ndarray | None = None,
        boxes: tuple[Box, ...] = (),
        **facts: Any,
    ) -> LabelledPicture:
        path = folder / name
        write_image(path, pixels)
        masks: tuple[Path, ...] = ()
        if mask is not None:
            masks = (folder / "masks" / name,)
            write_image(masks[0], mask)
        height, width = pixels.shape[:2]
        return LabelledPicture(
            path, name, label, label != "no defect", height, width,
            masks=masks, boxes=boxes, mask_level=127, **facts,
        )  # fmt: skip

    return made


def renderer(folder: Path) -> Made:
    """Renders a picture of 160 px with its mask."""
    written = writer(folder)

    def made(label: str, seed: int, **facts: Any) -> LabelledPicture:
        concept = label.replace(" ", "_")
        drawn = render_surface(
            seed=seed, height_px=160, width_px=160, concept=concept, process="ground",
            part="sheet", colour=False,
        )  # fmt: skip
        mask = drawn.mask if drawn.mask.any() else None
        return written(f"{concept}-{seed}.png", label, drawn.pixels, mask, **facts)

    return made


@pytest.fixture
def picture(tmp_path: Path) -> Made:
    """Write a picture into the folder of the test."""
    return writer(tmp_path)


@pytest.fixture
def rendered(tmp_path: Path) -> Made:
    """Render a picture into the folder of the test."""
    return renderer(tmp_path)
