"""What the verbs of the workbench share: data, devices, and the reference's two names for text."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.cli.workbench_options import (
    device_named,
    is_first_process,
    open_labelled,
    refuse_other_text,
    text_model_of,
)
from faultlens.core.errors import UsageError
from tests.shaped_noise import write_bearingset


@pytest.mark.parametrize(
    ("name", "kind", "meant"),
    [
        (None, None, None),
        ("static", None, "static"),
        (None, "lstm", "lstm"),
        ("lstm", "SimpleLSTM", "lstm"),
        ("some/distilbert", "distilbert", "some/distilbert"),
    ],
)
def test_the_references_two_options_name_one_text_model(
    name: str | None, kind: str | None, meant: str | None
) -> None:
    assert text_model_of(name, kind) == meant


@pytest.mark.parametrize(
    ("name", "kind"), [("some/bert", "lstm"), ("lstm", "distilbert"), (None, "distilbert")]
)
def test_two_that_disagree_are_refused(name: str | None, kind: str) -> None:
    with pytest.raises(UsageError, match=f"--text_encoder_type '{kind}'"):
        text_model_of(name, kind)


def test_an_alias_is_the_model_that_it_stands_for() -> None:
    text = SimpleNamespace(name="Qwen/Qwen2-1.5B-Base", prompts=("A {} bearing",))
    checkpoint: Any = SimpleNamespace(text=text, folder="x")
    refuse_other_text(checkpoint, "Qwen/Qwen2-1.5B", ["A {} bearing"], "qwen2")
    with pytest.raises(UsageError, match="The text model 'Qwen/Qwen2-7B' was given"):
        refuse_other_text(checkpoint, "Qwen/Qwen2-7B", None)
    with pytest.raises(UsageError, match="The prompts"):
        refuse_other_text(checkpoint, None, ["{}", "A {} bearing"])


def test_auto_is_the_accelerator_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device_named("auto") == "cpu"
    with pytest.raises(UsageError, match="There is no CUDA device here"):
        device_named("cuda:0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert (device_named("auto"), device_named("cuda:1")) == ("cuda:3", "cuda:1")


@pytest.mark.parametrize(("rank", "first"), [(None, True), ("0", True), ("1", False)])
def test_one_process_speaks(rank: str | None, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    assert is_first_process() == first


def test_only_what_was_asked_for_is_opened(tmp_path: Path) -> None:
    folder = write_bearingset(tmp_path / "train_set")
    write_bearingset(folder, condition="30_2", seed=1)
    assert len(open_labelled(folder, None, None, None).recordings) == 6
    wanted = ["condition = '30 Hz 2 V'", "called=inner"]
    (one,) = open_labelled(folder, None, wanted, None).recordings
    assert (one.label, one.condition) == ("inner race fault", "30 Hz 2 V")
