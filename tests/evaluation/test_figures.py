"""A figure stands in its table and in the JSON with its interval, beside what is to be reached."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.evaluation.figures import (
    OF_N,
    Figure,
    Section,
    figures_json,
    read_figures,
    tables,
)

LEARNED = Figure("Types", "rig A", "accuracy", "builtin/x@1234", 0.85, 240, 0.8, 0.9)
RULE = replace(LEARNED, model="builtin/rule@5678", value=0.75, low=0.7, high=0.8)
MORE = replace(LEARNED, value=0.1, low=0.02, high=0.18, how="minus the rule")
BALL = replace(LEARNED, name="ball recall", value=0.5, n=64, low=0.3, high=0.7)
ALARMS = replace(LEARNED, subject="healthy", name="false alarms", value=3 / 170, n=170,
                 low=0.006, high=0.05, unit=OF_N)  # fmt: skip
ALL = (LEARNED, RULE, MORE, BALL, ALARMS)


def test_models_stand_side_by_side_and_beside_what_is_to_be_reached() -> None:
    page = tables(
        [Section("Types", "Windows of 2 s.", ALL, "| bins |")],
        {("Types", "rig A", "accuracy"): 0.85},
    )
    assert page.splitlines() == [
        "## Types",
        "",
        "Windows of 2 s.",
        "",
        "| | figure | n | builtin/x | builtin/rule | builtin/x, minus the rule | to reach |",
        "|---|---|---|---|---|---|---|",
        "| rig A | accuracy | 240 | 0.850 [0.800, 0.900] | 0.750 [0.700, 0.800] "
        "| 0.100 [0.020, 0.180] | 0.85 |",
        "| rig A | ball recall | 64 | 0.500 [0.300, 0.700] | - | - | - |",
        "| healthy | false alarms | 170 | 0.018 [0.006, 0.050], 3 of 170 | - | - | - |",
        "",
        "| bins |",
    ]


def test_a_section_without_figures_is_its_sentence() -> None:
    assert tables([Section("Words", "None here.", ())], {}) == "## Words\n\nNone here.\n"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(figures_json(ALL), encoding="utf-8")
    assert read_figures(path) == ALL
    first = json.loads(path.read_text(encoding="utf-8"))[0]
    wanted = {"what", "value", "n", "low", "high", "command"}
    assert wanted <= set(first)
    assert first["what"] == "Types; rig A: accuracy; builtin/x"


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", '[{"what": "a"}]', "\ufffe"])
def test_a_file_that_holds_no_figures_says_how_to_make_it(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(content, encoding="utf-8")
    if content == "{}":
        assert read_figures(path) == ()
        return
    with pytest.raises(UnreadableFileError, match="Make it first: make bench"):
        read_figures(path)


def test_a_figure_with_a_unit_says_it() -> None:
    assert replace(LEARNED, value=82.345, unit="ms").text == "82.3 ms"
