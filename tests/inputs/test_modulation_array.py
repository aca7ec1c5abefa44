"""Lines at the bearing's orders beside levels of bands, and what must be known for them."""

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError
from faultlens.inputs.line_array import harmonic_index
from faultlens.inputs.modulation_array import BANDS, CONTRASTS, band_powers, modulation_arrays
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

BEARING = BearingGeometry(9, 7.94, 39.04)
RATE_HZ, RPM = 8000.0, 1772.0


def window(*families: str) -> np.ndarray:
    return simulate(
        families, bearing=BEARING, shaft_rpm=RPM, sample_rate_hz=RATE_HZ, seconds=2.0, seed=1,
        snr_db=10.0,
    ).signal.samples  # fmt: skip


def test_the_lines_of_the_fault_stand_out_and_no_others() -> None:
    both = np.stack([window(), window("outer")])
    found = modulation_arrays(both, RATE_HZ, np.full(2, RPM / 60), [BEARING] * 2)
    assert (found.shape, found.dtype) == ((2, CONTRASTS + BANDS), np.float32)
    outer = [harmonic_index("outer", k) for k in (1, 2, 3)]
    inner = [harmonic_index("inner", k) for k in (1, 2, 3)]
    assert found[1, outer].min() > 1.0 > found[0, outer].max()
    assert found[1, inner].max() < 1.0


@pytest.mark.parametrize(
    ("hz", "bearing", "words"),
    [
        (np.nan, BEARING, "the shaft speed of a recording is not known"),
        (30.0, None, "the bearing of a recording is not known"),
        (np.nan, None, "the shaft speed and the bearing of a recording"),
    ],
)
def test_what_is_not_known_is_said(hz: float, bearing: BearingGeometry | None, words: str) -> None:
    with pytest.raises(MissingMetadataError, match=words):
        modulation_arrays(np.zeros((1, 16000)), RATE_HZ, np.array([hz]), [bearing])


def test_band_powers_say_where_the_power_lies_and_no_gain() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=16000)
    flat = band_powers(noise)
    assert flat.shape == (BANDS,) and flat.mean() == pytest.approx(1.0)
    assert flat.max() < 1.6 and flat.min() > 0.6
    assert band_powers(-70 * noise + 5) == pytest.approx(flat)
    tone = band_powers(np.sin(2 * np.pi * 1000 / RATE_HZ * np.arange(16000)))
    assert int(tone.argmax()) in (15, 16) and tone.max() > BANDS / 3
