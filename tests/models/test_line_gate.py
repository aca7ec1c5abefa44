"""What tuning computes without torch is what the modulation encoder computes with it."""

import numpy as np
import pytest

from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.models import line_gate


def test_belief_and_bands_are_those_of_the_modulation_encoder() -> None:
    torch = pytest.importorskip("torch", reason="the encoder needs torch")
    from faultlens.models.encoders import modulation

    rng = np.random.default_rng(0)
    contrast = rng.normal(0.5, 1.0, size=(20, CONTRASTS))
    bands = rng.gamma(1.0, size=(20, BANDS))
    with torch.no_grad():
        believed = modulation.ModulationEncoder().gate(torch.tensor(contrast))[:, 0].numpy()
        features = modulation.floored(torch.tensor(bands)).numpy()
    assert line_gate.belief(contrast) == pytest.approx(believed, rel=1e-6)
    assert line_gate.floored_bands(bands) == pytest.approx(features, rel=1e-6)


def test_one_strong_family_is_enough_to_be_believed() -> None:
    contrast = np.zeros((2, CONTRASTS))
    outer = list(line_gate.HARMONICS[0])
    contrast[0, outer] = 2.0
    contrast[1, outer[:1]] = 2.0  # a single line is not four harmonics
    strong, weak = line_gate.belief(contrast)
    assert strong > 0.9 and weak < 0.1


def test_a_band_that_was_not_recorded_stays_unknown_and_shifts_no_other() -> None:
    bands = np.ones((1, BANDS))
    whole = line_gate.floored_bands(bands)
    bands[0, -1] = np.nan
    found = line_gate.floored_bands(bands)
    assert np.isnan(found).sum() == len(line_gate.FLOORS)
    known = ~np.isnan(found)
    assert found[known] == pytest.approx(whole[known])
