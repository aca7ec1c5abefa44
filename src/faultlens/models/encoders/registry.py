"""The vibration encoders that can be trained by name, and what each of them takes.

An encoder from outside comes in by the entry-point group `faultlens.encoders`: a `VibrationEncoder`
under its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from numpy import float32
from numpy.typing import NDArray

from faultlens.core.registry import Registry
from faultlens.inputs.modulation_array import WINDOW_S
from faultlens.models.encoders.conv1d import Conv1dEncoder, ResidualEncoder
from faultlens.models.encoders.encoder import AbstractEncoder
from faultlens.models.encoders.modulation import ModulationEncoder
from faultlens.models.encoders.spectrum import SpectrumEncoder

WAVEFORM, SPECTRUM, MODULATION = "waveform", "spectrum", "modulation"
"""Kinds of arrays; `inputs.window_preparation` makes them."""


@dataclass(frozen=True)
class VibrationEncoder:
    """One row: an encoder with the array that it takes.

    Args:
        summary: in one line, for lists.
        takes: kind of array: "waveform", "spectrum" or "modulation".
        build: (shape of one array, dimension of the space) -> the encoder with fresh weights.
        prime: takes (window, channel, time) or whatever the encoder takes, and gives a fresh one
            what it must know of it before it learns: its mean and spread; None where it needs
            nothing.
        window_s: length of a window, s; None takes the data set's own.
    """

    summary: str
    takes: str
    build: Callable[[tuple[int, ...], int], AbstractEncoder]
    prime: Callable[[AbstractEncoder, NDArray[float32]], None] | None = None
    window_s: float | None = None


ENCODERS: Registry[VibrationEncoder] = Registry("vibration encoder", group="faultlens.encoders")
ENCODERS.add(
    "conv1d",
    VibrationEncoder(
        "five convolutions over the waveform, 512 features: the reference's 1D-CNN",
        WAVEFORM,
        lambda shape, dim: Conv1dEncoder(shape[0], dim),
    ),
)
ENCODERS.add(
    "resnet1d",
    VibrationEncoder(
        "residual blocks with channel gates over the waveform: deeper, five times slower",
        WAVEFORM,
        lambda shape, dim: ResidualEncoder(shape[0], dim),
    ),
)
ENCODERS.add(
    "spectrum",
    VibrationEncoder(
        "levels of 128 bands of each window: needs neither speed nor bearing, learns in seconds",
        SPECTRUM,
        lambda shape, dim: SpectrumEncoder(shape[-1], dim),
        prime=lambda encoder, arrays: cast(SpectrumEncoder, encoder).prime(arrays),
    ),
)
ENCODERS.add(
    "modulation",
    VibrationEncoder(
        "lines at the bearing's orders, and levels of bands where no line stands out: needs speed "
        "and bearing",
        MODULATION,
        lambda shape, dim: ModulationEncoder(dim),
        prime=lambda encoder, arrays: cast(ModulationEncoder, encoder).prime(arrays),
        window_s=WINDOW_S,
    ),
)
