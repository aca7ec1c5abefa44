"""`faultlens tune` on labelled pictures: the same verb, and corrections go straight into it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.few_pictures.textures import labelled

KINDS = {"pitting": "stripes", "scratch": "dots"}


def folders(root: Path, count: int, first_seed: int = 0) -> Path:
    """A folder per class, as a user would sort them."""
    for label, kind in KINDS.items():
        labelled(root / label, {label: kind}, count, first_seed=first_seed)
    return root


def test_a_folder_per_class_becomes_a_bundle(run: Any, tmp_path: Path) -> None:
    shots = folders(tmp_path / "shots", 4)
    out = tmp_path / "bundles" / "mine"
    done = run("tune", "--train-data", shots, "--shots", "3", "--out", out, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["classes"] == ["pitting", "scratch"]
    assert told["pictures"] == 6
    assert told["named_rightly_after"] == 1.0
    assert [x["method"] for x in told["tried"]] != []
    unseen = folders(tmp_path / "new", 1, first_seed=70)
    found = run("inspect", str(unseen / "*" / "*.png"), "--model", out, "--json")
    assert found.code == 0, found.err
    for line in found.out.splitlines():
        result = json.loads(line)
        named = [x["label"] for x in result["findings"] if x["label"] in KINDS]
        assert named[0] == Path(result["file"]).parent.name
        assert result["model"] == told["model"]


def test_what_it_says_names_the_method_and_the_next_step(run: Any, tmp_path: Path) -> None:
    shots = folders(tmp_path / "shots", 2)
    done = run("tune", "--train-data", shots, "--method", "cache", "--out", tmp_path / "b")
    assert done.code == 0, done.err
    assert "Method: cache" in done.out
    assert "Next: faultlens inspect FILES --model" in done.out


def test_corrections_are_learned_from(run: Any, tmp_path: Path) -> None:
    shots, set_of = folders(tmp_path / "shots", 2), tmp_path / "corrections"
    for label in KINDS:
        given = run(
            "correct",
            str(shots / label / "*.png"),
            "--label",
            label,
            "--no-ask",
            "--corrections",
            set_of,
            "--quiet",
        )
        assert given.code == 0, given.err
    done = run("tune", "--train-data", set_of, "--out", tmp_path / "b", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["pictures"] == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sample-rate", "12000"], "--sample-rate"),
        (["--method", "magic"], "Unknown method of adaptation 'magic'"),
        (["--model", "builtin/bearing"], "takes vibration, not pictures"),
        (["--where", "split"], "write field=value"),
    ],
)
def test_wrong_options_are_told_before_any_work(
    run: Any, tmp_path: Path, options: list[str], words: str
) -> None:
    shots = folders(tmp_path / "shots", 1)
    done = run("tune", "--train-data", shots, "--out", tmp_path / "b", *options)
    assert done.code == 2
    assert words in done.err
    assert not (tmp_path / "b").exists()


def test_a_method_is_for_pictures_alone(run: Any, tmp_path: Path) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    (recordings / "healthy.csv").write_text("1\n2\n3\n")
    done = run("tune", "--train-data", recordings, "--method", "auto")
    assert done.code == 2
    assert "--method" in done.err
