"""A series is warned of when it leaves its own start, not before, and by its past alone."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.change import ALARM, WARNING, Followed, follow, warning_limit

MEASURES = 12
BANDS = np.arange(MEASURES) < 6


def followed(values: np.ndarray, healthy: int = 25, false_alarms: float = 0.1) -> Followed:
    floors = np.ones(values.shape[1])
    return follow(values, floors=floors, bands=BANDS, healthy=healthy, false_alarms=false_alarms)


def steady(seed: int, count: int = 200) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, MEASURES))


def test_a_steady_series_is_not_warned_of() -> None:
    assert [s for s in range(12) if followed(steady(s)).first(WARNING) is not None] == []


def test_a_lasting_rise_of_few_measures_warns_soon_after_its_start_and_never_alarms() -> None:
    for seed in range(4):
        values = steady(seed)
        values[100:, 3:5] += 8.0
        found = followed(values)
        warned = found.first(WARNING)
        assert warned is not None
        assert 103 < warned < 130
        assert found.first(ALARM) is None
        assert set(np.argsort(-found.smoothed[warned])[:2]) == {3, 4}


def test_a_broad_rise_warns_and_alarms_within_three_recordings() -> None:
    values = steady(0)
    values[150:, BANDS] += 14.0
    found = followed(values)
    assert found.first(WARNING) in (150, 151)
    assert found.first(ALARM) in (151, 152)
    assert found.broad_db[-1] == pytest.approx(14, abs=1.0)


def test_single_shocks_do_not_warn() -> None:
    values = steady(1)
    values[60::20] += 200.0
    assert followed(values).first(WARNING) is None


def test_falls_do_not_warn() -> None:
    values = steady(2)
    values[40:] -= 12.0
    assert followed(values).first(WARNING) is None


def test_the_healthy_recordings_are_never_warned_of() -> None:
    values = steady(3)
    values[10:] += 15.0
    found = followed(values, healthy=60)
    first = found.first(WARNING)
    assert first is None or first >= 60


def test_what_comes_later_changes_nothing_before() -> None:
    values = steady(4)
    values[80:, :4] += np.linspace(0, 20, 120)[:, None]
    whole, part = followed(values), followed(values[:120])
    for name in ("indicator", "low", "high", "score", "broad_db", "smoothed"):
        assert np.array_equal(getattr(whole, name)[:120], getattr(part, name)), name


def test_a_lower_rate_warns_later() -> None:
    values = steady(5)
    values[60:, 0:2] += np.linspace(0, 8, 140)[:, None]
    eager, shy = (followed(values, false_alarms=x).first(WARNING) for x in (0.3, 0.005))
    assert eager is not None
    assert shy is not None
    assert eager < shy


def test_the_limit_is_the_quantile_of_its_law() -> None:
    # Gumbel, location 1.132 and scale 0.1404: the median is 1.132 + 0.1404 x 0.3665.
    assert warning_limit(0.5) == pytest.approx(1.1835, abs=1e-3)
    assert warning_limit(0.1) == pytest.approx(1.4480, abs=1e-3)
    for rate in (0.0, 0.6):
        with pytest.raises(UsageError, match=r"must lie in 0\.001 to 0\.5"):
            warning_limit(rate)


def test_the_band_holds_the_indicator_of_the_undisturbed_series() -> None:
    """The truth is the same shift without noise, against the true healthy middle and spread."""
    inside = []
    for seed in range(20):
        values = steady(seed, 120)
        values[60:, 3:5] += 3.0
        found = followed(values)
        truth = np.zeros(120)
        level = 0.0
        for t in range(60, 120):
            level += 0.05 * (3.0 / np.sqrt(2) - level)  # spread and floor are 1: root of 2
            truth[t] = level / warning_limit(0.1)
        inside += list((found.low <= truth)[80:] & (truth <= found.high)[80:])
    assert np.mean(inside) > 0.85


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match=r"shape \(recording, measure\)"):
        followed(np.full((30, MEASURES), np.nan))
    with pytest.raises(UsageError, match="healthy recordings of 30"):
        followed(steady(0, 30), healthy=31)
    with pytest.raises(UsageError, match="floors"):
        follow(steady(0), floors=np.ones(3), bands=BANDS, healthy=25, false_alarms=0.1)
