"""Fusion of what the model says of visible and infrared, before it is compared with words."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.runtimes.image_model import IMAGE, PATCHES, EncodedImage, each_encoded
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import Finish
from faultlens.runtimes.picture_tiles import ScaledTile, at_scale, own_patches, tile_picture

Floats = NDArray[np.float32]


def with_beside(model: Model, beside_of: Callable[[Image], Image | None], weight: float) -> Finish:
    """What becomes of each tile's rows: the mean, or another mixture, with those of the infrared.

    Where the infrared does not reach, the visible picture speaks alone; the row of a tile that it
    covers in part takes as much less of it.

    Args:
        model: of the kind "image".
        beside_of: of a picture that is looked at, the infrared in its frame; None for none.
        weight: of the infrared, 0 to 1; 0.5 is the mean.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> finish = with_beside(load_model("builtin/text"), lambda image: None, 0.5)
        >>> said = EncodedImage(image=np.ones(2, np.float32))
        >>> finish(Image(np.zeros((4, 4), np.uint8)), None, None, said) is said
        True
    """
    # Tiles of one picture come one after the other.
    latest: list[tuple[Image, float, Image]] = []

    def sized(beside: Image, scale: float) -> Image:
        if not latest or latest[0][0] is not beside or latest[0][1] != scale:
            latest[:] = [(beside, scale, at_scale(beside, scale))]
        return latest[0][2]

    def finish(image: Image, tile: ScaledTile, shown: Image, said: EncodedImage) -> EncodedImage:
        beside = beside_of(image)
        if beside is None or weight == 0:
            return said
        part = tile_picture(sized(beside, tile.scale), tile)
        want = [x for x, y in ((IMAGE, said.image), (PATCHES, said.patches)) if y is not None]
        (other,) = each_encoded(model, [part], want=want)
        out = said
        if said.image is not None and other.image is not None:
            out = replace(
                out, image=mixed(said.image, other.image, weight * _covered(beside, tile))
            )
        if said.patches is not None and other.patches is not None:
            reached = own_patches(beside, other.patches, tile)
            patches = mixed(said.patches, other.patches, np.float32(weight) * reached)
            out = replace(out, patches=patches)
        return out

    return finish


def mixed(visible: Floats, infrared: Floats, weight: Floats | float) -> Floats:
    """Rows of two pictures mixed; as long as they were.

    Args:
        visible: (dim, ...) rows.
        infrared: (dim, ...) rows.
        weight: of the infrared; one number, or of each place.

    Example:
        >>> mixed(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.5).round(2)
        array([0.71, 0.71], dtype=float32)
    """
    out = (1 - weight) * visible + weight * infrared
    wanted = (1 - weight) * np.linalg.norm(visible, axis=0) + weight * np.linalg.norm(
        infrared, axis=0
    )
    length = np.linalg.norm(out, axis=0)
    return np.asarray(out * (wanted / np.maximum(length, 1e-9)), dtype=np.float32)


def _covered(beside: Image, tile: ScaledTile) -> float:
    """Share of a tile that the infrared reaches."""
    if beside.valid is None:
        return 1.0
    top, left, bottom, right = (
        int(x / tile.scale)
        for x in (tile.top, tile.left, tile.top + tile.height, tile.left + tile.width)
    )
    return float(beside.valid[top : max(bottom, top + 1), left : max(right, left + 1)].mean())
