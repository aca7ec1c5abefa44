"""`faultlens simulate` writes recordings that `faultlens diagnose` reads and recognises."""

import json
from pathlib import Path
from typing import Any

import pytest

SHORT = ("--snr", 10, "--seconds", 3, "--sample-rate", 8000)


@pytest.mark.parametrize("kind", ["csv", "wav", "npz", "mat"])
@pytest.mark.parametrize(
    ("fault", "verdict"),
    [("outer race fault", "outer race fault"), ("内圈剥落", "inner race fault")],
)
def test_the_truth_comes_back_from_every_format(
    run: Any, tmp_path: Path, kind: str, fault: str, verdict: str
) -> None:
    said = run("simulate", "--fault", fault, "--format", kind, *SHORT, "--out", tmp_path / "sim")
    (path,) = said.out.splitlines()
    assert (said.code, Path(path).suffix) == (0, f".{kind}")
    assert json.loads(run("diagnose", path, "--json").out)["verdict"] == verdict


def test_count_gives_as_many_recordings_all_different_and_the_same_seed_the_same(
    run: Any, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        said = run("simulate", "--count", 3, "--save_path", tmp_path / folder, *SHORT, "--quiet")
        assert (said.code, said.out) == (0, "")
    first, second = (
        {x.name: x.read_bytes() for x in (tmp_path / folder).glob("*.csv")} for folder in "ab"
    )
    assert first == second
    assert len(set(first.values())) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--count", 0), "--count"),
        (("--seed", "-1"), "--seed"),
        (("--snr", "nan"), "--snr"),
        (("--snr", "1e6"), "--snr"),
        (("--seconds", 0), "0.0 s"),
        (("--seconds", 1e9), "samples"),
        (("--rpm", 0), "positive"),
        (("--sample-rate", "inf"), "positive"),
        (("--format", "../x.csv"), "Known: csv, mat, npz, wav"),
        (("--format", ""), "Known: csv, mat, npz, wav"),
        (("--fault", "banana"), "Unknown fault 'banana'"),
        (("--fault", "inner race fault, healthy"), "choose one of them"),
        (("--bearing", "99999"), "Unknown bearing '99999'"),
    ],
)
def test_what_cannot_be_simulated_is_said_and_nothing_written(
    run: Any, tmp_path: Path, options: tuple[object, ...], words: str
) -> None:
    said = run("simulate", *options, "--out", tmp_path / "sim")
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not [*tmp_path.rglob("*.*")]
