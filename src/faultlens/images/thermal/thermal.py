"""The record that every reader of infrared pictures returns."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, MissingMetadataError
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.images.image import Image

COLDEST_CELSIUS = -273.15
"""Absolute zero, degC; whatever lies below was scaled wrongly."""

HOTTEST_CELSIUS = 5000.0
"""Above what any infrared camera states (3000 degC with filters); scaled wrongly else."""

DARK_SHARE, BRIGHT_SHARE = 0.01, 0.995
"""Shares of the pixels that the picture for eyes and models shows as black and above which it is
white: a single hot spot of hundreds of degrees must not turn everything else black."""


@dataclass(frozen=True, eq=False)
class Thermal:
    """One infrared picture: a temperature per pixel, or only how warm each is beside the others.

    Args:
        values: (row, column) float32; temperatures in degC where `is_celsius`, brightness from 0
            cold to 1 hot else; NaN where nothing was measured.
        is_celsius: whether they are temperatures.
        name: file, as the user gave it.
        visible: the picture that the same camera took beside it, not registered; None for none.
        notices: what a careful engineer would want to know about it.
        history: what was done to it, oldest first.

    Raises:
        InputError: values of another shape, none at all, or no temperatures that can be.

    Example:
        >>> thermal = Thermal(np.full((288, 384), 21.5, np.float32))
        >>> thermal.height, thermal.width, float(thermal.celsius.max())
        (288, 384, 21.5)
    """

    values: NDArray[np.float32]
    is_celsius: bool = True
    name: str | None = None
    visible: Image | None = None
    notices: tuple[Notice, ...] = ()
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_plain_text(self.notices)
        values = np.asarray(self.values, dtype=np.float32)
        if values.ndim != 2 or values.size == 0:
            raise InputError(
                f"Infrared values have shape {values.shape}; they must be (row, column), with one "
                "pixel at least. Of a false-colour picture read_thermal makes them."
            )
        known = values[np.isfinite(values)]
        if known.size == 0:
            raise InputError("The infrared picture holds no finite number; export it again.")
        low, high = float(known.min()), float(known.max())
        if self.is_celsius and not (low >= COLDEST_CELSIUS and high <= HOTTEST_CELSIUS):
            raise InputError(
                f"Temperatures reach from {low:g} to {high:g} degC, which cannot be. Give the "
                "scale and the offset that the camera's manual states (celsius_per_step, "
                "celsius_at_zero)."
            )
        object.__setattr__(self, "values", values)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.values.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.values.shape[1])

    @property
    def celsius(self) -> NDArray[np.float32]:
        """(row, column) temperatures, degC.

        Raises:
            MissingMetadataError: the file held none.
        """
        if not self.is_celsius:
            raise MissingMetadataError(
                f"{self.name or 'The infrared picture'} holds no temperatures, only brightness. "
                "Give the camera's own radiometric file, or scale and offset of a 16-bit picture "
                "(celsius_per_step, celsius_at_zero)."
            )
        return self.values

    def brightness(self) -> NDArray[np.float32]:
        """How warm each pixel is, 0 cold to 1 hot: (row, column), spread over most of the picture.

        Example:
            >>> Thermal(np.array([[20, 30, 40]], np.float32)).brightness().round(1)
            array([[0. , 0.5, 1. ]], dtype=float32)
        """
        known = np.isfinite(self.values)
        filled = np.where(known, self.values, np.nanmin(self.values))
        low, high = np.quantile(filled[known], [DARK_SHARE, BRIGHT_SHARE])
        span = max(float(high - low), 1e-6)
        return np.asarray(np.clip((filled - low) / span, 0, 1), dtype=np.float32)

    def picture(self) -> Image:
        """The infrared as a grey picture of 16 bits, hot is white: for eyes and for models.

        Example:
            >>> Thermal(np.array([[20, 30]], np.float32), name="a.png").picture().pixels
            array([[    0, 65535]], dtype=uint16)
        """
        pixels = np.rint(self.brightness() * 65535).astype(np.uint16)
        known = np.isfinite(self.values)
        return Image(
            pixels,
            name=self.name,
            valid=None if known.all() else known,
            warnings=self.notices,
            history=(*self.history, "infrared shown as grey, hot is white"),
        )

    def derived(self, values: NDArray[np.float32], done: str) -> "Thermal":
        """A new record with other values and `done` written into its history.

        Args:
            values: (row, column) the new values.
            done: what was done, in a few words.

        Example:
            >>> Thermal(np.zeros((2, 2), np.float32)).derived(np.ones((1, 1), np.float32),
            ...                                               "cut").history
            ('cut',)
        """
        return replace(self, values=values, history=(*self.history, done))
