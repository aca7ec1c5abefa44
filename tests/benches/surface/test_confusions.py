"""The bench of class thresholds counts names given, wrong and missed, on pictures left out."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benches.surface import confusions as bench_confusions
from benches.surface.confusions import (
    BEFORE,
    NAMED,
    OWN,
    WRONG,
    Named,
    main,
    threshold_figures,
)
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model


def named(each: int = 120, apart: float = 1.5, copies: int = 1) -> Named:
    """Shares of three classes; every picture so many times in its group."""
    dice = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), each)
    logits = dice.normal(size=(len(truth), 3))
    logits[np.arange(len(truth)), truth] += apart
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    groups = np.repeat([str(i) for i in range(len(truth))], copies)
    return Named(("a", "b", "c"), np.repeat(shares, copies, axis=0), np.repeat(truth, copies),
                 tuple(groups))  # fmt: skip


def test_own_names_are_missed_as_seldom_as_asked_and_fewer_names_are_wrong() -> None:
    found = threshold_figures(named(), 20, 0.1, draws=6)
    assert found[OWN].value < 0.12
    assert found[WRONG].high < found[BEFORE].low
    assert 0.1 < found[NAMED].value < 0.9
    assert found[OWN].low <= found[OWN].value <= found[OWN].high


def test_copies_of_labelled_pictures_are_not_tested() -> None:
    once, twice = (threshold_figures(named(40, copies=x), 10, 0.2, draws=1) for x in (1, 2))
    assert once[OWN].value == pytest.approx(twice[OWN].value, abs=0.1)
    assert twice[OWN].n == 2 * 120 - 30


def test_the_page_and_the_figures_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_coloured_model(tmp_path / "model")
    rows = []
    for subset, clean in (("neu_det", 0), ("magnetic_tile", 8)):
        for label, colour, count in (("crack", CRACKED, 9), ("scratch", SCRATCHED, 9),
                                     ("free", None, clean)):  # fmt: skip
            for i in range(count):
                name = f"{subset}_{label}_{i}.png"
                top, left = (6 * x for x in divmod(i, 5))
                spots = () if colour is None else ((colour, top, left, 24, 24),)
                made = picture(i, height=48, width=48, spots=spots)
                Image.fromarray(made.pixels).save(tmp_path / name)
                rows.append((subset, name, label, name))
    with (tmp_path / "manifest.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("dataset", "image", "label", "group"), *rows])
    monkeypatch.setattr(bench_confusions, "PER_CLASS", (4,))
    monkeypatch.setitem(bench_confusions.SETS, "magnetic_tile", 8)
    out = tmp_path / "results"
    arguments = ["--images", str(tmp_path), "--model", str(tmp_path / "model"), "--draws", "2"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert "8 clean references" in (out / "confusions.md").read_text()
    figures = json.loads((out / "confusions.json").read_text())
    assert len(figures) == 2 * 3 * 6
    right = [x["value"] for x in figures if x["name"] == BEFORE]
    assert right == [0.0] * 6, "red and blue are told apart"
