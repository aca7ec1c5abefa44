"""`faultlens calibrate` makes a profile that `faultlens diagnose --profile` uses."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_healthy_recordings_become_a_profile_that_sets_the_threshold(
    run: Any, record: Any, tmp_path: Path
) -> None:
    healthy = [record(f"healthy/{seed}.npz", seed=seed) for seed in range(9)]
    profile = tmp_path / "profiles" / "pump-7.profile"
    said = run("calibrate", healthy[0].parent, "--false-alarms", 0.1, "--out", profile)
    assert (said.code, said.err) == (0, "")
    assert "from 9 recordings, false-alarm rate 0.1" in said.out
    assert f"faultlens diagnose FILES --profile {profile}" in said.out
    said = run("diagnose", record("a.npz", "outer"), "--profile", profile, "--json")
    table = json.loads(said.out)
    threshold = json.loads(profile.read_text(encoding="utf-8"))["threshold"]
    assert (table["profile"], table["threshold"]) == ("pump-7", threshold)
    assert (table["false_alarm_rate"], table["verdict"]) == (0.1, "outer race fault")
    assert not any("simulation" in x for x in table["warnings"])


def test_a_profile_of_the_rule_says_by_which_model_it_is_used(
    run: Any, record: Any, tmp_path: Path
) -> None:
    profile = tmp_path / "p.profile"
    said = run("calibrate", record("a.npz"), "--out", profile, "--model", "builtin/physics")
    assert f"--profile {profile} --model builtin/physics" in said.out
    assert json.loads(profile.read_text(encoding="utf-8"))["model"].startswith("builtin/physics@")
    used = ("diagnose", record("b.npz", "outer"), "--profile", profile)
    assert run(*used, "--model", "builtin/physics", "--quiet").code == 0
    said = run(*used)
    assert said.code == 2
    assert "was made with builtin/physics@" in said.err and "--model" in said.err


def test_without_a_bearing_a_profile_is_made_of_what_is_known(
    run: Any, record: Any, tmp_path: Path
) -> None:
    healthy = [record(f"{x}.wav", seed=x, sidecar=False) for x in range(3)]
    profile = tmp_path / "p.profile"
    assert run("calibrate", *healthy, "--rpm", 1772, "--out", profile).code == 0
    table = json.loads(profile.read_text(encoding="utf-8"))
    assert (table["reading"], table["bearing"], table["recordings"]) == ("orders", "", 3)
    said = run("diagnose", healthy[0], "--rpm", 1772, "--bearing", "6205", "--profile", profile)
    assert "was made for recordings judged by combs over shaft orders" in " ".join(said.out.split())


def test_what_the_rule_cannot_judge_is_left_out_and_told(
    run: Any, record: Any, tmp_path: Path
) -> None:
    good, bare = record("a.npz"), record("b.wav", sidecar=False)
    profile = tmp_path / "p.profile"
    said = run("calibrate", good, bare, "--out", profile, "--model", "builtin/physics")
    assert said.code == 3
    assert "b.wav: builtin/physics compares lines" in said.err
    assert json.loads(profile.read_text(encoding="utf-8"))["recordings"] == 1


def test_a_faulty_recording_among_the_healthy_is_named(
    run: Any, record: Any, tmp_path: Path
) -> None:
    files = [record("a.npz"), record("b.npz", "outer"), record("c.npz", seed=2)]
    said = run("calibrate", *files, "--out", tmp_path / "p.profile")
    looks = [x for x in said.err.splitlines() if "looks faulty itself" in x]
    assert len(looks) == 1 and "b.npz" in looks[0]


def test_too_few_recordings_say_how_many_would_do(run: Any, record: Any, tmp_path: Path) -> None:
    said = run("calibrate", record("a.npz"), "--save_path", tmp_path / "p.profile", "--quiet")
    assert (said.code, said.out) == (0, "")
    assert said.err == (
        "faultlens: 1 healthy recording cannot promise a false-alarm rate of 0.01, "
        "which takes 99; this profile promises 0.5.\n"
    )


def test_a_bad_recording_is_left_out_and_told(run: Any, record: Any, tmp_path: Path) -> None:
    profile = tmp_path / "p.profile"
    said = run("calibrate", record("a.npz"), tmp_path / "gone.csv", "--out", profile)
    assert said.code == 3
    assert "gone.csv does not exist" in said.err
    assert json.loads(profile.read_text(encoding="utf-8"))["recordings"] == 1


def test_without_one_good_recording_there_is_no_profile(run: Any, tmp_path: Path) -> None:
    said = run("calibrate", tmp_path / "gone.csv", "--out", tmp_path / "p.profile")
    assert said.code == 3
    assert "no profile was written" in said.err
    assert not (tmp_path / "p.profile").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--false-alarms", 0), "between 0 and 1"),
        (("--false-alarms", 2), "--false-alarms"),
        (("--faults", "banana"), "Unknown fault 'banana'"),
        (("--out", "."), "is a folder"),
        (("--out", "/dev/null/p.profile"), "Cannot write into '/dev/null'"),
    ],
)
def test_wrong_usage_writes_nothing(
    run: Any, record: Any, tmp_path: Path, options: tuple[object, ...], words: str
) -> None:
    said = run("calibrate", record("a.npz"), "--out", tmp_path / "p.profile", *options)
    assert said.code == 2
    assert words in said.err
    assert not (tmp_path / "p.profile").exists()
