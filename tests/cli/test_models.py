"""`faultlens models` lists what this machine can judge with, and shows the card of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from faultlens.models.shipped import reference
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard

CARD = ModelCard(
    "Sentences in.", "MIT", "Seven [bold]words[/bold].",
    (CardResult("top-1", "0.95", "make bench"),), "English.",
    (CardSource("a teacher", "Apache-2.0", "ab" * 32),),
)  # fmt: skip


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path))
    return write_bundle(
        tmp_path / "models" / "tower", name="mine/tower", kind="text", card=CARD, preparation={},
        classes=(), calibration={}, text=None, files={"text.onnx": b"weights"},
    )  # fmt: skip


def test_the_list_says_name_hash_kind_size_and_summary(run: Any, cached: Bundle) -> None:
    said = run("models")
    assert said.code == 0
    assert said.out.split("\n")[0].split() == ["name", "hash", "kind", "MB", "summary"]
    (row,) = [x for x in said.out.splitlines() if x.startswith("mine/tower")]
    assert row.split() == ["mine/tower", cached.sha256[:12], "text", "<0.1", "Sentences", "in."]
    assert reference().rpartition("@")[2] in said.out
    assert said.err == ""


def test_a_damaged_model_is_listed_with_its_reason(run: Any, cached: Bundle) -> None:
    cached.path("text.onnx").write_bytes(b"other")
    said = run("models")
    assert said.code == 0
    assert "damaged: see below" in said.out
    assert "the file 'text.onnx' is not the one that was written" in said.err
    said = run("models", "tower")
    assert (said.code, said.out) == (3, "")
    assert "is not the one that was written" in said.err
    rows = json.loads(run("models", "--json").out)
    assert "not the one" in {x["name"]: x["problem"] for x in rows}["tower"]


def test_a_card_is_shown_in_full_by_name_reference_or_folder(run: Any, cached: Bundle) -> None:
    shown = {run("models", x).out for x in ("mine/tower", cached.reference, cached.folder)}
    assert len(shown) == 1
    told = " ".join(shown.pop().split())
    for words in (
        cached.reference, "text, <0.1 MB, in", "Seven [bold]words[/bold].",
        "top-1: 0.95 (make bench)", "limits English.", "a teacher; Apache-2.0; sha256 abab",
    ):  # fmt: skip
        assert words in told


def test_the_card_of_the_rule_tells_figures_commands_and_limits(run: Any) -> None:
    told = " ".join(run("models", "builtin/physics").out.split())
    for words in ("training data", "0.801 [0.703, 0.889] (make bench)", "limits"):
        assert words in told


def test_json_holds_every_field(run: Any, cached: Bundle) -> None:
    rows = {x["name"]: x for x in json.loads(run("models", "--json").out)}
    one = json.loads(run("models", "mine/tower", "--json").out)
    assert rows["mine/tower"] == one
    assert set(one) == {"name", "reference", "kind", "size_mb", "card", "where", "problem"}
    assert one["card"]["results"][0] == {"what": "top-1", "value": "0.95", "command": "make bench"}


def test_an_unknown_model_lists_the_known_ones(run: Any, cached: Bundle) -> None:
    said = run("models", "mine/towr")
    assert said.code == 2
    assert "Unknown model 'mine/towr'. Nearest: mine/tower." in said.err
    assert "The folder of a bundle can be given too" in said.err


def test_a_folder_that_is_no_bundle_is_refused(run: Any, tmp_path: Path) -> None:
    said = run("models", tmp_path)
    assert said.code == 3
    assert "is no bundle: it has no manifest.json" in said.err
