"""Simulated machines with known truth, as diagnosis gets them."""

from collections.abc import Callable

import pytest

from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

GEOMETRY_6205 = BearingGeometry(9, 7.94, 39.04)
Machine = Callable[..., Signal]


@pytest.fixture(scope="session")
def machine() -> Machine:
    """A recording of a 6205 at 1772 rpm with the faults named; 10 dB over its background."""

    def recorded(
        *families: str, seed: int = 1, seconds: float = 3.0, rpm: object = 1772.0
    ) -> Signal:
        return simulate(
            families, bearing=GEOMETRY_6205, shaft_rpm=rpm, sample_rate_hz=8000, seconds=seconds,
            seed=seed, snr_db=10.0,
        ).signal  # fmt: skip

    return recorded
