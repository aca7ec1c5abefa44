"""Windows become arrays the same way everywhere: gain and mean are gone, what cannot be is said."""

import numpy as np
import pytest

from faultlens.core.errors import (
    BundleError,
    MissingMetadataError,
    UnknownNameError,
    UnusableSignalError,
    UsageError,
)
from faultlens.inputs.window_preparation import LARGEST, WindowPreparation, Windows, prepared

SAMPLES = np.random.default_rng(0).normal(size=(3, 256))
NO_SPEED = np.full(3, np.nan)


def made(kind: str, samples: np.ndarray = SAMPLES) -> np.ndarray:
    return prepared(WindowPreparation(kind, 256, 5120.0), Windows(samples, NO_SPEED))


@pytest.mark.parametrize(("kind", "shape"), [("waveform", (1, 256)), ("spectrum", (1, 128))])
def test_every_kind_has_its_shape_and_knows_neither_gain_nor_mean(
    kind: str, shape: tuple[int, ...]
) -> None:
    found = made(kind)
    assert (found.shape, found.dtype) == ((3, *shape), np.float32)
    assert made(kind, 300 * SAMPLES - 40) == pytest.approx(found, abs=2e-3)
    assert np.array_equal(made(kind, SAMPLES[[1, 0, 2]])[0], found[1]), "each window by itself"


def test_one_shock_does_not_hide_the_rest_and_silence_stays_silence() -> None:
    shocked = SAMPLES.copy()
    shocked[0, 7] = 1e6
    assert made("waveform", shocked)[0].max() == LARGEST
    assert np.isfinite(made("waveform", np.zeros((3, 256)))).all()
    assert np.isfinite(made("spectrum", np.full((3, 256), 9.8))).all()


def test_windows_that_do_not_fit_are_told() -> None:
    with pytest.raises(UnusableSignalError, match="Windows of 200 samples; the model takes 256"):
        made("waveform", SAMPLES[:, :200])
    broken = SAMPLES.copy()
    broken[2, 5] = np.inf
    with pytest.raises(UnusableSignalError, match="values that are no numbers"):
        made("spectrum", broken)
    with pytest.raises(MissingMetadataError, match="the shaft speed and the bearing of a"):
        made("modulation")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("picture", 256, 5120.0), UnknownNameError),
        (("waveform", 31, 5120.0), UsageError),
        (("waveform", 256, 0.0), UsageError),
        (("waveform", 256, float("nan")), UsageError),
    ],
)
def test_a_preparation_that_cannot_be_is_refused(
    arguments: tuple[str, int, float], error: type[Exception]
) -> None:
    with pytest.raises(error):
        WindowPreparation(*arguments)
    with pytest.raises(BundleError, match="Update it"):
        WindowPreparation.from_dict(
            dict(zip(("kind", "window", "sample_rate_hz"), arguments, strict=True))
        )


def test_it_comes_back_from_its_table() -> None:
    one = WindowPreparation("spectrum", 256, 5120.0)
    assert WindowPreparation.from_dict(one.to_dict()) == one
    with pytest.raises(BundleError):
        WindowPreparation.from_dict({"kind": "spectrum"})
