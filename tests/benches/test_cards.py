"""A card says what was measured with this very model, and nothing else of the model changes."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benches.cards import card_results, write_results
from faultlens.core.errors import UsageError
from faultlens.evaluation.figures import OF_N, Figure
from faultlens.runtimes.bundle import read_bundle
from faultlens.runtimes.loaded import builtin_folders

LEARNED = Figure("Types", "rig A", "accuracy", "builtin/x@1234", 0.85, 240, 0.8, 0.9)
RULE = replace(LEARNED, model="builtin/rule@5678", value=0.75, low=0.7, high=0.8)
MORE = replace(LEARNED, value=0.1, low=0.02, high=0.18, how="minus the rule")
BALL = replace(LEARNED, name="ball recall", value=0.5, n=64, low=0.3, high=0.7)
ALARMS = replace(LEARNED, subject="healthy", name="false alarms", value=3 / 170, n=170,
                 low=0.006, high=0.05, unit=OF_N)  # fmt: skip
ALL = (LEARNED, RULE, MORE, BALL, ALARMS)


def test_a_card_has_a_line_per_subject_of_this_very_model() -> None:
    lines = card_results(ALL, "builtin/x@1234")
    assert [(x.what, x.value) for x in lines] == [
        (
            "Types: rig A, n = 240",
            "accuracy 0.850 [0.800, 0.900]; minus the rule 0.100 [0.020, 0.180]; "
            "ball recall 0.500 [0.300, 0.700] (n = 64)",
        ),
        ("Types: healthy, n = 170", "false alarms 0.018 [0.006, 0.050], 3 of 170"),
    ]
    assert {x.command for x in lines} == {"make bench"}


def test_figures_of_another_model_do_not_get_into_a_card() -> None:
    with pytest.raises(UsageError, match="None of the figures was measured with builtin/x@9999"):
        card_results(ALL, "builtin/x@9999")


def test_a_card_takes_the_results_and_the_model_stays_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "text"
    shutil.copytree(builtin_folders()["builtin/text"], folder)
    before = read_bundle(folder)
    after = write_results(folder, [replace(LEARNED, model=before.reference), RULE])
    assert [x.what for x in after.card.results] == ["Types: rig A, n = 240"]
    assert after.reference == before.reference and read_bundle(folder) == after
    assert replace(after.card, results=()) == replace(before.card, results=())


def test_without_a_benchmark_there_is_nothing_to_write(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benches", "card", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "bench.json cannot be read" in done.stderr and "make bench" in done.stderr
