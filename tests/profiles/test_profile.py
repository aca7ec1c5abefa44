"""A profile is read back as it was saved; what is damaged, newer or another's is refused."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.inference.diagnose import diagnose
from faultlens.profiles.profile import Profile, read_profile
from faultlens.runtimes.judges import judge_named
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

MADE = Profile(
    name="泵 7", model=judge_named("builtin/bearing").reference, threshold=0.25,
    false_alarm_rate=0.25, wanted_rate=0.01, recordings=3, scores=(0.1, 0.2, 0.25),
    bearing="n=9, d=7.94 mm, D=39.04 mm", faults=("内圈剥落",), speed_tolerance=0.01,
)  # fmt: skip
SHARES = st.floats(0, 1)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profiles") / "pump 7.profile"


@given(st.lists(SHARES, min_size=1, max_size=20), SHARES, st.lists(st.text(), max_size=3))
def test_what_is_saved_is_read_back(
    path: Path, scores: list[float], threshold: float, faults: list[str]
) -> None:
    made = replace(
        MADE, scores=tuple(scores), recordings=len(scores), threshold=threshold,
        faults=tuple(faults),
    )  # fmt: skip
    made.save(path)
    assert read_profile(path) == made


def test_a_profile_without_the_optional_fields_is_read(path: Path) -> None:
    table = {"format": 1, **asdict(MADE)}
    del table["faults"], table["speed_tolerance"], table["reading"]
    path.write_text(json.dumps(table))
    assert read_profile(path) == replace(MADE, faults=(), speed_tolerance=0.02)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a profile: .*Make one with: faultlens calibrate"),
        ("[1, 2]", "is not a profile: it has no field 'format'"),
        ("{}", "it has no field 'format'"),
        ("time,acc\n0,1\n", "is not a profile"),
        ("[" * 100000, "is not a profile"),
        ('{"format": 2}', "of format 2; this faultlens reads format 1. Update faultlens, or make"),
        ('{"format": 1}', "is a damaged profile: 'scores'"),
    ],
)
def test_what_is_no_profile_of_this_version_is_said(path: Path, text: str, words: str) -> None:
    path.write_text(text)
    with pytest.raises(UnreadableFileError, match=words):
        read_profile(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x80", "one of pictures, which faultlens inspect takes"),
        (
            b'{"format": 1, "of": "scans", "threshold": 0.5}',
            "one of scans, which faultlens measure",
        ),
    ],
)
def test_the_profile_of_something_else_is_told(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=f"not a profile of recordings: it is {words}"):
        read_profile(path)


def test_a_file_that_is_missing_binary_or_huge_is_refused(path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"nowhere.profile is not a profile: .*No such"):
        read_profile(path.with_name("nowhere.profile"))
    path.write_bytes(b"RIFF\xff\xfe\x00\x80")
    with pytest.raises(UnreadableFileError, match="is not a profile"):
        read_profile(path)
    path.write_bytes(b" " * 5_000_001)
    with pytest.raises(UnreadableFileError, match="it is larger than 5 MB"):
        read_profile(path)


def test_an_unknown_field_is_named(path: Path) -> None:
    path.write_text(json.dumps({"format": 1, **asdict(MADE), "treshold": 0.5}))
    with pytest.raises(UnreadableFileError, match=r"profile field 'treshold'. Nearest: threshold"):
        read_profile(path)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("threshold", 1.5, "its threshold is 1.5, which must lie in 0 to 1"),
        ("threshold", float("nan"), "its threshold is nan"),
        ("wanted_rate", None, "its wanted_rate is None"),
        ("false_alarm_rate", "0.01", "its false_alarm_rate is '0.01'"),
        ("scores", [0.1, "a", 0.2], "one of its scores is 'a'"),
        ("scores", [0.1], r"it counts 3 recordings but holds 1"),
        ("scores", 7, "is a damaged profile"),
        ("name", 7, "it holds 7 where words belong"),
        ("faults", [None], "it holds None where words belong"),
        ("reading", "tones", "its reading is 'tones', which must be one of lines, orders, wavef"),
        ("reading", None, "its reading is None"),
    ],
)
def test_a_damaged_field_is_named(path: Path, field: str, value: object, words: str) -> None:
    path.write_text(json.dumps({"format": 1, **asdict(MADE), field: value}))
    with pytest.raises(UnreadableFileError, match=words):
        read_profile(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["format", *asdict(MADE)]), JSON, max_size=4))
def test_any_value_in_any_field_is_read_or_refused_in_words(
    path: Path, changes: dict[str, object]
) -> None:
    path.write_text(json.dumps({"format": 1, **asdict(MADE), **changes}))
    try:
        profile = read_profile(path)
    except UnreadableFileError as error:
        assert str(path) in str(error)
    else:
        assert 0 <= profile.threshold <= 1 and profile.recordings == len(profile.scores)


def test_a_profile_of_another_model_is_refused_by_diagnose() -> None:
    signal = simulate(
        (), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1800, sample_rate_hz=8192,
        seconds=2.0, seed=1,
    ).signal  # fmt: skip
    other = replace(MADE, model="builtin/physics@000000000000")
    with pytest.raises(
        UsageError,
        match=r"'泵 7' was made with builtin/physics@0+; this is builtin/bearing@.* Make .*--model",
    ):
        diagnose(signal, profile=other)
    taken = diagnose(signal, profile=MADE)
    assert (taken.threshold, taken.profile) == (0.25, "泵 7")
    assert any("rests on 3 healthy recordings, too few" in x for x in taken.warnings)
