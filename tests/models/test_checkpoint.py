"""A checkpoint comes back as it was written, and what is wrong with one is said."""

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="checkpoints need torch: pip install 'faultlens[train]'")

import torch
from safetensors.torch import save_file

from faultlens.core.errors import BundleError, FaultlensError, UsageError
from faultlens.datasets.labelled import Origin
from faultlens.models.checkpoint import (
    ADAPTER,
    BEST,
    CARD,
    LAST,
    PROTOTYPES,
    ZERO_SHOT,
    Checkpoint,
    EncoderFacts,
    TextFacts,
    TrainedOn,
    read_checkpoint,
    read_weights,
    write_checkpoint,
)
from faultlens.models.restored import RestoredModel, fresh_model

CLASSES = ("healthy", "inner race fault")
SEEN = TrainedOn("mine", "ab" * 32, "data", (Origin("rig", "r1", "healthy", "20 Hz"),), 80, 20)


def facts(**changes: Any) -> Checkpoint:
    known = {
        "stage": ZERO_SHOT,
        "encoder": EncoderFacts("spectrum", (1, 128), 32),
        "text": TextFacts("lstm", "lstm@0123456789ab", 16, False, ("A {} bearing",), {"width": 16}),
        "classes": CLASSES,
        "preparation": {"kind": "spectrum", "window": 256, "sample_rate_hz": 5120.0},
        "trained_on": SEEN,
        "settings": {ZERO_SHOT: {"training": {"seed": 3}}},
        "calibration": {"temperature": 1.5},
        "history": ({"stage": ZERO_SHOT, "number": 1, "loss": 0.5},),
        "versions": {"faultlens": "1"},
    }
    return Checkpoint(**{**known, **changes})


def weights(seed: int = 0, **more: torch.Tensor) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    model = fresh_model(facts().encoder, width=16, shared=False)
    return {**model.state_dict(), PROTOTYPES: torch.randn(2, 16), **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint as it is written."""
    write_checkpoint(tmp_path / "model", facts(), best=weights(), last=weights(1))
    return tmp_path / "model"


def card(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return found


def rewrite(folder: Path, table: object) -> None:
    (folder / CARD).write_text(json.dumps(table), encoding="utf-8")


def test_it_comes_back_as_it_was_written(folder: Path) -> None:
    again = read_checkpoint(folder)
    for name in ("stage", "encoder", "text", "classes", "trained_on", "calibration", "history"):
        assert getattr(again, name) == getattr(facts(), name)
    assert sorted(x.name for x in folder.iterdir()) == [CARD, LAST, BEST]
    for last in (False, True):
        kept = read_weights(again, last=last)
        assert all(torch.equal(x, kept[name]) for name, x in weights(int(last)).items())


def test_the_reference_names_the_folder_and_changes_with_what_is_in_it(folder: Path) -> None:
    name, _, digest = read_checkpoint(folder).reference.partition("@")
    assert (name, len(digest)) == ("model", 12)
    other = write_checkpoint(folder, facts(calibration={"temperature": 2.0}), best=weights(),
                             last=weights(1))  # fmt: skip
    assert other.reference != f"model@{digest}"


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".PTH"])
def test_a_name_with_the_suffix_of_a_pickle_finds_the_folder(folder: Path, suffix: str) -> None:
    assert read_checkpoint(f"{folder}{suffix}").folder == folder


def test_a_real_pickle_is_refused_and_not_opened(folder: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (folder / "exploded",))

    path = folder.with_suffix(".pth")
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(BundleError, match="is a pickle: loading one can run any program"):
        read_checkpoint(path)
    (folder / CARD).unlink()
    torch.save(weights(), folder / "model.pt")
    with pytest.raises(BundleError, match="is no checkpoint"):
        read_checkpoint(folder)
    assert not (folder / "exploded").exists()


def test_a_newer_format_is_told_by_its_number(folder: Path) -> None:
    rewrite(folder, {**card(folder), "format": 7, "unheard_of": 1})
    with pytest.raises(BundleError, match=r"of format 7; this faultlens reads format 1. Update"):
        read_checkpoint(folder)


def test_a_file_that_is_missing_changed_or_cut_is_told(folder: Path) -> None:
    whole = (folder / BEST).read_bytes()
    (folder / BEST).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BundleError, match=r"'model.safetensors' is not the one that was written"):
        read_checkpoint(folder)
    (folder / BEST).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BundleError, match="SHA-256"):
        read_checkpoint(folder)
    (folder / BEST).write_bytes(whole)
    checkpoint = read_checkpoint(folder)
    (folder / BEST).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BundleError, match=r"'model.safetensors' cannot be read"):
        read_weights(checkpoint)
    (folder / LAST).unlink()
    (folder / BEST).write_bytes(whole)
    with pytest.raises(BundleError, match=r"'last.safetensors' is missing"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"format": "new"}', "cannot be read"),
        ('{"format": 1}', "fields differ from those of format 1 in calibration, classes"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_card_that_is_none_is_told(folder: Path, text: str, words: str) -> None:
    (folder / CARD).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BundleError, match=f"is damaged: .*{words}"):
        read_checkpoint(folder)


def test_an_unknown_field_or_stage_is_told(folder: Path) -> None:
    table = card(folder)
    rewrite(folder, {**table, "stage": "third"})
    with pytest.raises(BundleError, match="its stage is 'third'"):
        read_checkpoint(folder)
    rewrite(folder, {**table, "colour": "red"})
    with pytest.raises(BundleError, match="differ from those of format 1 in colour"):
        read_checkpoint(folder)


def places(table: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    rows = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in rows:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def test_whatever_stands_in_the_card_no_other_error_gets_out(folder: Path) -> None:
    whole = card(folder)
    tried = 0
    for path in places(whole):
        for odd in (None, [], {}, "x", -1, 1e400, [[1]], {"a": 1}):
            table = json.loads(json.dumps(whole))
            inside = table
            for step in path[:-1]:
                inside = inside[step]
            inside[path[-1]] = odd
            rewrite(folder, table)
            tried += 1
            try:
                checkpoint = read_checkpoint(folder)
                model = RestoredModel(checkpoint)
                model.logits(model.prototypes.new_zeros(1, 32).numpy())
                str(checkpoint.reference)
            except FaultlensError:
                continue
    assert tried > 300


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds more than a checkpoint"):
        write_checkpoint(folder, facts(), best=weights(), last=weights())
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_write_that_fails_leaves_the_checkpoint_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {x.name: x.read_bytes() for x in folder.iterdir()}

    written: list[Path] = []

    def full(tensors: dict[str, torch.Tensor], path: Path) -> None:
        if not written:
            save_file(tensors, path)
            written.append(path)
            return
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faultlens.models.checkpoint.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(folder, facts(), best=weights(5), last=weights(6))
    assert {x.name: x.read_bytes() for x in folder.iterdir()} == before
    assert [x.name for x in folder.parent.iterdir()] == ["model"]


def test_two_stages_remember_what_both_have_seen() -> None:
    later = TrainedOn(
        "other", "cd", "more", (SEEN.origins[0], Origin("rig", "r2", "healthy")), 5, 1
    )
    both = SEEN.joined(later)
    assert [x.key for x in both.origins] == ["r1", "r2"]
    assert (both.dataset, both.windows) == ("other", 5)


def test_the_model_that_comes_back_answers_as_the_one_that_was_written(folder: Path) -> None:
    arrays = torch.randn(700, 1, 128)
    for last in (False, True):
        model = fresh_model(facts().encoder, width=16, shared=False)
        kept = weights(int(last))
        prototypes = kept.pop(PROTOTYPES)
        model.load_state_dict(kept)
        model.eval()
        back = RestoredModel(read_checkpoint(folder), last=last)
        points = back.points(arrays.numpy())
        with torch.inference_mode():
            assert torch.allclose(torch.from_numpy(points), model.points(arrays), atol=1e-6)
            cosines = model(arrays, prototypes) / 1.5
        assert torch.allclose(torch.from_numpy(back.logits(points)).float(), cosines, atol=1e-4)
    assert not any(x.requires_grad for x in back.model.parameters())


def test_without_its_adapter_a_model_is_what_it_was_before(tmp_path: Path) -> None:
    facts_of = EncoderFacts("spectrum", (1, 128), 32, adapter=4)
    torch.manual_seed(0)
    model = fresh_model(facts_of, width=16, shared=False)
    torch.nn.init.normal_(model.get_submodule("adapter.up").weight)
    kept = {**model.state_dict(), PROTOTYPES: torch.randn(2, 16)}
    made = write_checkpoint(
        tmp_path / "tuned", facts(stage=ADAPTER, encoder=facts_of), best=kept, last=kept
    )
    arrays = torch.randn(3, 1, 128)
    tuned = RestoredModel(made)
    bare = tuned.without_adapter()
    with torch.inference_mode():
        plain = model.eval().encoder(arrays).numpy()
    assert (bare.points(arrays.numpy()) == plain).all()
    assert abs(tuned.points(arrays.numpy()) - plain).max() > 0.05


def test_weights_of_another_encoder_are_told(folder: Path) -> None:
    table = card(folder)
    table["encoder"]["name"] = "conv1d"
    rewrite(folder, table)
    with pytest.raises(BundleError, match="its weights are not those of 'conv1d'"):
        RestoredModel(read_checkpoint(folder))
