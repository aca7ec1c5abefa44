"""The speed of an exported CLIP is measured in turns with transformers, and told as ratios."""

import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")
pytest.importorskip("onnxscript", reason="pip install 'faultlens[train]'")

from benches.vision import (
    AIMS,
    OURS,
    PIPELINE,
    TOWER,
    drawn,
    vision_section,
)
from faultlens.evaluation.clip_by_lot import Shape
from faultlens.evaluation.figures import tables
from faultlens.evaluation.turns import WARM_UP, taken


def test_turns_are_taken_and_the_first_do_not_count() -> None:
    order: list[str] = []

    def slow(picture: object) -> None:
        order.append("slow")
        time.sleep(0.02)

    seconds = taken({"slow": slow, "quick": lambda x: order.append("quick")}, drawn(WARM_UP + 3))
    assert {name: len(x) for name, x in seconds.items()} == {"slow": 3, "quick": 3}
    assert min(seconds["slow"]) > 0.02 and min(seconds["quick"]) < min(seconds["slow"])
    assert order[:4] == ["slow", "quick", "quick", "slow"]


def test_a_small_clip_is_made_exported_and_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path))
    shape = Shape("tiny", patch=16, size=32, width=64, depth=2, words_width=64, words_depth=1)
    section = vision_section(tmp_path, shape=shape, pictures=2)
    told = {(x.name, x.model): x for x in section.figures}
    for name in (OURS, PIPELINE, TOWER):
        assert told["time of a picture, median", name].value > 0
    ratio = told[f"times as many pictures as the {PIPELINE}, median", OURS]
    assert ratio.low is not None and ratio.high is not None
    assert 0 < ratio.low <= ratio.value <= ratio.high
    assert "in turns" in section.note and "int8" in section.note
    assert "| tiny |" in tables([section], AIMS)
