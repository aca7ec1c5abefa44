"""From cosines to probabilities: anomalous first, then which defect, and what fits no name."""

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.runtimes.surface_scores import (
    SIGMOID_BATCH,
    Meanings,
    Scoring,
    calibrated,
    ensemble,
    judged,
    log_odds,
    scoring_of,
    shares_of,
    without_directions,
)

AXES = np.eye(6, dtype=np.float32)
CLEAN, CRACK, DENT, GLARE, DAMAGED, OTHER = AXES
MEANINGS = Meanings(normal=CLEAN[None], defects=np.stack([CRACK, DENT]))
SOFT = Scoring(temperature=0.1)


def unit(*parts: np.ndarray) -> np.ndarray:
    total = np.sum(parts, axis=0)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def test_two_sentences_give_the_softmax_of_their_cosines() -> None:
    point = unit(CLEAN, 2 * CRACK)
    alone = Meanings(normal=CLEAN[None], defects=CRACK[None])
    powers = np.exp(point @ np.stack([CLEAN, CRACK]).T / 0.1)
    shares = shares_of(point, alone, SOFT)
    assert float(shares.anomalous) == pytest.approx(powers[1] / powers.sum(), abs=1e-6)
    assert shares.names.tolist() == [1.0]


def test_points_of_any_shape_are_judged_each_by_itself() -> None:
    grid = np.stack([np.stack([CLEAN, CRACK]), np.stack([DENT, CLEAN])])
    shares = shares_of(grid, MEANINGS, SOFT)
    assert shares.anomalous.shape == (2, 2)
    assert shares.names.shape == (2, 2, 2)
    assert (shares.anomalous > 0.5).tolist() == [[False, True], [True, False]]
    assert shares.names[1, 0].argmax() == 1


def test_a_reflection_is_no_defect() -> None:
    shiny = unit(GLARE, CRACK)
    without = shares_of(shiny, MEANINGS, SOFT)
    with_harmless = shares_of(
        shiny, Meanings(CLEAN[None], MEANINGS.defects, harmless=GLARE[None]), SOFT
    )
    assert without.anomalous > 0.99
    assert with_harmless.anomalous == pytest.approx(0.5, abs=0.01)


def test_with_a_general_meaning_of_damaged_it_decides_and_the_names_share_the_rest() -> None:
    meanings = Meanings(CLEAN[None], MEANINGS.defects, anomalous=DAMAGED)
    nameless = shares_of(unit(DAMAGED), meanings, SOFT)
    named = shares_of(unit(DAMAGED, 1.5 * CRACK), meanings, SOFT)
    assert nameless.anomalous > 0.99
    assert nameless.names.sum() < 0.01
    assert named.anomalous > 0.99
    assert named.names[0] > 0.9


def test_a_point_like_nothing_known_is_not_known() -> None:
    scoring = Scoring(temperature=0.1, known_from=0.5)
    assert shares_of(OTHER, MEANINGS, scoring).known < 0.01
    assert shares_of(CRACK, MEANINGS, scoring).known > 0.99
    assert shares_of(OTHER, MEANINGS, SOFT).known == 1.0  # where nobody measured it


def test_a_sigmoid_model_knows_by_itself_what_fits_nothing() -> None:
    scoring = Scoring(temperature=0.05, score="sigmoid", bias=-np.log(SIGMOID_BATCH) - 10)
    fits, nothing = (shares_of(x, MEANINGS, scoring) for x in (CRACK, OTHER))
    assert fits.known == pytest.approx(1 / (1 + np.exp(-10)), abs=1e-3)
    assert nothing.known < 0.01
    assert fits.anomalous > 0.99


def test_an_ensemble_is_the_unit_mean_and_needs_a_sentence() -> None:
    assert np.allclose(ensemble(np.stack([CLEAN, CRACK])), unit(CLEAN, CRACK))
    with pytest.raises(UsageError, match="at least one wording"):
        ensemble(np.zeros((0, 6), np.float32))


def test_a_contrast_lowers_the_likeness_to_the_distractor_and_keeps_the_meaning() -> None:
    crack, scratch = unit(CRACK, 0.8 * DENT), unit(DENT, 0.3 * CRACK)
    sharper = without_directions(crack, scratch[None])
    assert np.linalg.norm(sharper) == pytest.approx(1, abs=1e-6)
    assert sharper @ scratch < crack @ scratch
    assert sharper @ CRACK > crack @ CRACK
    assert np.allclose(without_directions(crack, scratch[None], weight=0), crack)


def test_a_meaning_that_its_distractor_explains_wholly_is_left() -> None:
    assert np.array_equal(without_directions(CRACK, CRACK[None], weight=1.0), CRACK)


@pytest.mark.parametrize("anomaly", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("names", [[0.2, 0.8], [0.2004, 0.8], [0.1, 0.0], []])
@pytest.mark.parametrize("known", [0.0, 0.6, 1.0])
def test_probabilities_sum_to_one(anomaly: float, names: list[float], known: float) -> None:
    made = judged(anomaly, names, known)
    total = made.no_defect + sum(made.defects) + made.unknown
    assert total == pytest.approx(1, abs=1e-6)
    assert min(made.no_defect, made.unknown, *made.defects) >= 0


def test_an_anomaly_without_a_name_is_unknown() -> None:
    made = judged(0.9, [0.1, 0.05])
    assert made.unknown == pytest.approx(0.9 * 0.85)
    assert made.anomaly == 0.9


def test_a_picture_like_nothing_known_is_unknown_though_not_anomalous() -> None:
    made = judged(0.1, [1.0], known=0.05)
    assert made.unknown > 0.9
    assert made.anomaly == 0.1


def test_impossible_probabilities_are_refused() -> None:
    for wrong in (1.5, -0.1, float("nan")):
        with pytest.raises(UsageError, match="must lie in 0 to 1"):
            judged(wrong, [1.0])


def test_calibration_is_a_line_in_log_odds() -> None:
    scoring = Scoring(temperature=0.1, slope=2.0, offset=1.0)
    assert log_odds(calibrated(0.25, scoring)) == pytest.approx(1.5)
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "neither temperature nor logit_scale"),
        ({"temperature": 0}, "must be positive"),
        ({"temperature": float("nan")}, "must be positive"),
        ({"temperature": "warm"}, "cannot be read"),
        ({"temperature": 0.1, "score": "cosine"}, "'softmax' or 'sigmoid'"),
        ({"temperature": 0.1, "alarm_threshold": 2}, "must lie in 0 to 1"),
    ],
)
def test_a_damaged_calibration_is_told(table: dict[str, object], words: str) -> None:
    with pytest.raises(BundleError, match=words):
        scoring_of(table)
