"""Judged frames made of plain numbers, for tests of monitoring."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.monitoring.monitor import Monitor, Told
from faultlens.line.monitoring.quality_picture import picture_quality
from faultlens.signals.signal import Signal

START = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
_NOTHING = Signal(np.zeros(4), 4.0)


def judged_frame(number: int, payload: Signal | Image = _NOTHING, **facts: object) -> Judged:
    """A frame with its verdict; `facts` are fields of `Judged`."""
    frame = Frame(f"{number:06d}", "hall", START + timedelta(seconds=number), payload, channel="")
    known: dict[str, object] = {"score": 0.1, "alarm": False, "model": "m@1", "result": {}} | facts
    return Judged(frame=frame, verdict="healthy", threshold=0.5, **known)  # type: ignore[arg-type]


def machine(
    rng: np.random.Generator,
    numbers: range,
    *,
    gain: float = 1.0,
    tilt_db: float = 0.0,
    level_db: NDArray[np.float64] | None = None,
) -> Iterator[Judged]:
    """Windows of a machine: a spectrum of 32 bands, its level and kurtosis, an embedding."""
    shape = np.linspace(0, -20, 32)
    for place, number in enumerate(numbers):
        level = 20 * np.log10(gain) + (0.0 if level_db is None else level_db[place])
        bands = shape + level + tilt_db * np.linspace(0, 2, 32) + rng.normal(0, 0.3, 32)
        point = np.ones(16) + rng.normal(0, 0.2, 16)
        yield judged_frame(
            number,
            score=float(rng.beta(2, 20)),
            embedding=(point / np.linalg.norm(point)).astype(np.float32),
            spectrum=bands.astype(np.float32),
            band_hz=100.0,
            quality={
                "rms": float(10 ** (np.mean(bands) / 20)),
                "kurtosis": 3 + float(rng.normal(0, 0.1)),
                "clipped": 0.0,
                "dead": 0.0,
            },
        )  # fmt: skip


def camera(pictures: Iterator[NDArray[np.uint8]], first: int = 0) -> Iterator[Judged]:
    """Frames of a camera with their real measures of quality."""
    for number, pixels in enumerate(pictures, first):
        image = Image(pixels)
        yield judged_frame(number, image, quality=picture_quality(image))


def textures(
    rng: np.random.Generator, count: int, *, gain: float = 1.0, blur: bool = False
) -> Iterator[NDArray[np.uint8]]:
    """Grainy surfaces, each another one; `blur` averages neighbours a little."""
    for _ in range(count):
        field = rng.normal(0, 1, (72, 72))
        coarse = np.kron(rng.normal(0, 1, (9, 9)), np.ones((8, 8)))
        fine = (
            field
            if not blur
            else 0.7 * field + 0.15 * (np.roll(field, 1, 0) + np.roll(field, 1, 1))
        )
        light = gain * (1 + rng.normal(0, 0.01))
        made = light * (110 + 12 * fine + 10 * coarse) + rng.normal(0, 1, field.shape)
        yield np.clip(made, 0, 255).astype(np.uint8)


def all_told(monitor: Monitor, frames: Iterator[Judged]) -> list[tuple[int, Told]]:
    """Everything that a monitor says, with the number of the frame."""
    return [(int(x.frame.id), told) for x in frames for told in monitor.saw(x)]
