"""A picture in, the array of an image encoder out: the same in training and in serving."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, InputError
from faultlens.images.image import Image

SURFACE, CLIP = "surface", "clip"
"""Kinds: at the picture's own size; squeezed to the square that a vision-language model knows."""

RESAMPLES = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")
"""Ways to resize, in the order of their numbers in Pillow and in files of Hugging Face."""

LARGEST_SIZE = 2048
"""Side of the square, pixels; models in use have 224 to 518."""


@dataclass(frozen=True)
class PicturePreparation:
    """How a picture becomes an encoder's array; it is never cropped, every pixel is seen.

    A vision-language model learned its places on one square grid, so a picture of another shape is
    squeezed onto it: each place of the map is then the same share of the picture, up to its border.
    Long pictures are better cut into square tiles first.

    Args:
        kind: "surface" or "clip".
        size: side of the square, pixels; 0 keeps the picture's own size ("surface").
        mean: of each channel, taken off values from 0 to 1.
        std: of each channel, by which the rest is divided.
        resample: how it is resized, see `RESAMPLES`.

    Raises:
        BundleError: another kind or way to resize, or numbers that make no array.

    Example:
        >>> preparation = PicturePreparation("clip", 2, resample="bilinear")
        >>> preparation.pixels(Image(np.full((30, 40), 255, np.uint8))).shape
        (3, 2, 2)
    """

    kind: str = SURFACE
    size: int = 0
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    resample: str = "bicubic"

    def __post_init__(self) -> None:
        if self.kind not in (SURFACE, CLIP) or self.resample not in RESAMPLES:
            raise BundleError(
                f"The preparation asks for the kind '{self.kind}', resized by '{self.resample}'; "
                f"this faultlens knows {SURFACE} and {CLIP}, and {', '.join(RESAMPLES)}. Update "
                "it: pip install --upgrade faultlens"
            )
        numbers = (*self.mean, *self.std)
        whole = len(self.mean) == len(self.std) == 3 and all(map(math.isfinite, numbers))
        known = self.size == 0 if self.kind == SURFACE else 1 <= self.size <= LARGEST_SIZE
        if not whole or not known or min(self.std) <= 0:
            raise BundleError(
                f"The preparation has size {self.size}, mean {self.mean} and std {self.std}; it "
                f"needs a size of 1 to {LARGEST_SIZE} (0 for '{SURFACE}'), three means and three "
                "positive stds. Fetch the bundle or make it again."
            )

    def pixels(self, image: Image) -> NDArray[np.float32]:
        """The encoder's array of a picture.

        Args:
            image: of any size and depth; grey is taken for all three channels.

        Returns:
            (channel, row, column).

        Example:
            >>> PicturePreparation().pixels(Image(np.array([[0, 65535]], np.uint16)))[0]
            array([[0., 1.]], dtype=float32)
        """
        if self.kind == SURFACE:
            full = np.float32(np.iinfo(image.pixels.dtype).max)
            values = image.pixels.astype(np.float32) / full
            channels = np.repeat(values[None], 3, axis=0) if values.ndim == 2 else _first(values)
        else:
            channels = _first(self._squeezed(image)).astype(np.float32) / np.float32(255)
        channels -= np.array(self.mean, dtype=np.float32)[:, None, None]
        channels /= np.array(self.std, dtype=np.float32)[:, None, None]
        return channels

    def to_dict(self) -> dict[str, Any]:
        """The preparation as a manifest holds it.

        Example:
            >>> PicturePreparation().to_dict()["kind"]
            'surface'
        """
        return {
            "kind": self.kind,
            "size": self.size,
            "mean": list(self.mean),
            "std": list(self.std),
            "resample": self.resample,
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "PicturePreparation":
        """The preparation that a manifest holds; what other parts read of it is passed over.

        Args:
            table: what `to_dict` gave, after JSON.

        Raises:
            BundleError: a field is missing or of a wrong kind.

        Example:
            >>> PicturePreparation.from_dict(PicturePreparation().to_dict()).size
            0
        """
        try:
            return cls(
                kind=str(table["kind"]),
                size=int(table.get("size", 0)),
                mean=tuple(float(x) for x in table.get("mean", cls.mean)),
                std=tuple(float(x) for x in table.get("std", cls.std)),
                resample=str(table.get("resample", cls.resample)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(
                f"The manifest does not say how a picture becomes an array ({error!r}). "
                "Fetch the bundle or make it again."
            ) from error

    def _squeezed(self, image: Image) -> NDArray[np.uint8]:
        """(row, column, channel) of the square, 8 bits."""
        from PIL import Image as Pillow

        shown = Pillow.fromarray(image.rgb())
        try:
            resized = shown.resize((self.size, self.size), Pillow.Resampling[self.resample.upper()])
        except (MemoryError, ValueError) as error:
            raise InputError(
                f"A picture of {image.width} x {image.height} pixels cannot be resized: {error}."
            ) from error
        return np.asarray(resized)


def _first(pixels: NDArray[Any]) -> NDArray[Any]:
    """Channels first, (channel, row, column), in one piece."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))
