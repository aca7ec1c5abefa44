"""Figures with intervals: over recordings, over blocks where there is one, over seeds."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.evaluation.measured import (
    ACCURACY,
    CALIBRATION,
    FALSE_ALARMS,
    MACRO_F1,
    difference,
    interval_notices,
    measure,
)
from faultlens.evaluation.predictions import Predictions
from faultlens.metrics.calibration import expected_calibration_error

Make = Callable[..., Predictions]


def test_figures_are_those_of_the_windows(make_predictions: Make) -> None:
    given = make_predictions()
    found = measure([given])
    assert found.value(ACCURACY) == pytest.approx(given.right.mean())
    error = expected_calibration_error(given.confidence, given.right)
    assert found.value(CALIBRATION) == pytest.approx(error)
    healthy = np.array(given.truth) == "healthy"
    assert found.value(FALSE_ALARMS) == pytest.approx(1 - given.right[healthy].mean())
    for key in found.draws:
        low, high = found.interval(key) or (0, 0)
        assert low <= (found.value(key) or 0) <= high, key


def test_an_interval_is_over_recordings_and_not_over_windows(make_predictions: Make) -> None:
    given = make_predictions(recordings=12, windows=30)
    alone = replace(given, group=tuple(str(i) for i in range(len(given.truth))))

    def width(predictions: Predictions) -> float:
        low, high = measure([predictions]).interval(ACCURACY) or (0, 0)
        return high - low

    assert width(given) > 1.5 * width(alone)


def test_a_perfect_score_has_an_interval_that_knows_its_recordings(make_predictions: Make) -> None:
    found = measure([make_predictions(strength=40.0)])
    assert found.value(ACCURACY) == 1.0
    low, high = found.interval(ACCURACY) or (0, 0)
    assert 0.8 < low < 0.85 and high == 1.0  # Wilson, 18 of 18
    per_class = found.interval(("recall", "per_class", "healthy")) or (0, 0)
    assert 0.6 < per_class[0] < 0.62  # 6 of 6


def test_one_recording_per_class_is_said_in_both_languages(make_predictions: Make) -> None:
    found = measure([make_predictions(recordings=1, windows=100)])
    assert found.drawn.units == 30
    (told,) = interval_notices(found.drawn)
    assert "is too narrow" in told.en and "healthy" in told.en and "偏窄" in told.zh
    low, high = found.interval(ACCURACY) or (0, 0)
    assert high - low > 0.03
    few = measure([make_predictions(recordings=3)])
    assert "has 3 recordings" in interval_notices(few.drawn)[0].en
    assert interval_notices(measure([make_predictions()]).drawn) == ()


def test_a_class_that_does_not_occur_has_no_figures(make_predictions: Make) -> None:
    given = make_predictions()
    padded = np.pad(given.scores, ((0, 0), (0, 1)))
    wider = replace(given, classes=(*given.classes, "cage fault"), scores=padded)
    found = measure([wider])
    assert found.value(("f1", "per_class", "cage fault")) is None
    assert found.interval(("f1", "per_class", "cage fault")) is None
    assert found.value(MACRO_F1) == measure([given]).value(MACRO_F1)


def test_a_better_model_is_better_beyond_the_interval(make_predictions: Make) -> None:
    weak = make_predictions(recordings=12, strength=1.5)
    strong = make_predictions(recordings=12, strength=2.5)
    found = difference(measure([strong]), measure([weak]))
    assert found.is_better and found.value > 0.1
    same = difference(measure([weak]), measure([weak]))
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    with pytest.raises(UsageError, match="other windows"):
        difference(measure([strong]), measure([make_predictions(recordings=5)]))


def test_several_seeds_are_their_mean(make_predictions: Make) -> None:
    first = make_predictions()
    seeds = [first.answered(make_predictions(strength=x).scores) for x in (1.0, 2.0, 4.0)]
    found = measure(seeds)
    each = [measure([x]).value(ACCURACY) or 0 for x in seeds]
    assert found.value(ACCURACY) == pytest.approx(np.mean(each))
    assert found.by_seed[ACCURACY][:, 0].tolist() == pytest.approx(each)
    assert found.confusion.sum() == 3 * len(first.truth)
    low, high = found.interval(ACCURACY) or (0, 0)
    assert high - low > max(each) - min(each) - 0.15
    with pytest.raises(UsageError, match="differ in file"):
        measure([first, replace(first, file=("x",) * len(first.file))])
    with pytest.raises(UsageError, match="one training at least"):
        measure([])


def test_unseen_classes_have_their_own_mean(make_predictions: Make) -> None:
    found = measure([make_predictions()], unseen=("outer race fault",))
    seen, unseen, both = (
        found.value(("seen_and_unseen", x)) or 0 for x in ("seen", "unseen", "harmonic_mean")
    )
    assert unseen == found.value(("recall", "per_class", "outer race fault"))
    assert both == pytest.approx(2 * seen * unseen / (seen + unseen))
