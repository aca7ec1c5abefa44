"""The bench of naming counts what it says: right names, unknown where nothing right is asked."""

import numpy as np
import pytest

from benches.scan.names import interval, told
from benches.scan.naming import (
    NAMES,
    UNKNOWN,
    NamedTrial,
    askings,
    drawn_trials,
    held_out,
    questions,
)
from faultlens.runtimes.scan_model import load_scan_model

MODEL = load_scan_model()


@pytest.fixture(scope="module")
def trial() -> NamedTrial:
    return drawn_trials(5, size="within", seed=11)


def test_one_form_after_the_other_is_carved_scanned_and_found(trial: NamedTrial) -> None:
    assert len(trial.patches) == len(trial.forms) == 5 - sum(trial.missed.values())
    assert [x for x in NAMES if not trial.missed[x]] == list(trial.forms)


def test_each_asking_holds_one_sentence_per_kind_and_unknown(trial: NamedTrial) -> None:
    asked = questions(held_out(), MODEL)["en"]
    found = list(askings(trial, MODEL, asked, each=3, seed=0))
    assert len(found) == 3 * len(trial.forms)
    assert {x for _, _, x, _ in found} <= {*NAMES.values(), UNKNOWN}
    assert all(1 / 6 <= p <= 1 for *_, p in found)
    gone = list(askings(trial, MODEL, asked, each=3, seed=0, absent=True))
    assert all(name != of for of, _, name, _ in gone)


def test_the_report_counts_every_language_and_kind(trial: NamedTrial) -> None:
    lines = told(MODEL, [trial], each=1)
    assert sum("right" in x for x in lines) == 2
    assert sum(x.strip().startswith(tuple(NAMES.values())) for x in lines) == 2 * len(NAMES)


def test_the_interval_is_of_defects_not_of_askings() -> None:
    share, low, high = interval([[True] * 50, [False] * 50])
    assert (share, low, high) == (0.5, 0.0, 1.0)
    share, low, high = interval([[bool(x)] for x in np.arange(400) % 10])
    assert share == pytest.approx(0.9) and 0.86 < low < 0.9 < high < 0.94
