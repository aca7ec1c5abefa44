"""Frames with known truth, for detectors: simulated vibration and rendered surfaces."""

from datetime import UTC, datetime, timedelta
from functools import cache

from faultlens.images.image import Image
from faultlens.images.simulator.render import render_surface
from faultlens.line.frame import Frame
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.surfaces.surface import Surface

START = datetime(2026, 11, 26, 8, tzinfo=UTC)
BEARING = BearingGeometry(9, 7.94, 39.04)


@cache
def vibration(seed: int, *families: str, seconds: float = 1.0) -> Signal:
    """A window that states neither speed nor bearing: those stand in line.toml."""
    made = simulate(
        families, bearing=BEARING, shaft_rpm=1772, sample_rate_hz=12_800, seconds=seconds,
        seed=seed, snr_db=5.0,
    ).signal  # fmt: skip
    return Signal(made.samples, made.sample_rate_hz, unit=made.unit)


@cache
def surface(seed: int, concept: str = "no_defect", size: int = 128) -> Image:
    return Image(
        render_surface(
            seed=seed, concept=concept, height_px=size, width_px=size, colour=False
        ).pixels
    )


def frame(
    number: int, payload: Image | Signal | Surface, *, source: str = "hall", channel: str = ""
) -> Frame:
    time = START + timedelta(seconds=number)
    return Frame(str(number), source, time, payload, channel=channel, asset="pump 7", part="P1")
