"""The profile of scans: n + 1 rule, a file that comes back as it was, and refuses what is wrong."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.profiles.calibrate import calibrate
from faultlens.profiles.calibrate_scan import ScansCounted, scan_doubts, scan_profile_of
from faultlens.profiles.scan_profile import ScanProfile, is_scan_profile, read_scan_profile
from faultlens.profiles.scan_scores import (
    CALIBRATED_FROM,
    MOST_SURE,
    NOTHING_FOUND,
    SIGNIFICANCE_THRESHOLD,
    alarm_threshold,
    probability_of,
    significance_of,
)
from faultlens.surfaces.surface import Surface

LOW = SIGNIFICANCE_THRESHOLD


def made(*significances: float, rate: float = 0.1, **stated: Any) -> ScanProfile:
    return scan_profile_of(
        significances, ScansCounted("builtin/scan@0", name="lid", false_alarms=rate, **stated)
    )


def test_the_threshold_is_the_conformal_rank_of_the_sound_parts() -> None:
    ten = made(*(LOW + x for x in range(19)))
    # Of 19 the rank ceil(20 x 0.9) = 18 holds a rate of 0.1.
    assert (ten.significance_threshold, ten.false_alarm_rate) == (LOW + 17, 0.1)
    assert ten.threshold == alarm_threshold()
    assert sum(x > ten.threshold for x in ten.scores) == 1


def test_too_few_parts_promise_what_they_can_and_say_so() -> None:
    few = made(LOW + 1, 0.0)
    assert few.false_alarm_rate == pytest.approx(1 / 3) and few.significance_threshold == LOW + 1
    (told,) = scan_doubts(few)
    assert "2 sound parts, too few for 0.1 false alarms: 0.333" in told.en and "0.333" in told.zh


def test_enough_smooth_parts_lower_the_threshold_and_too_few_do_not() -> None:
    smooth = made(*(4.0 + 0.01 * x for x in range(30)))
    assert smooth.significance_threshold == pytest.approx(4.27) and scan_doubts(smooth) == ()
    assert made(4.2, 4.3).significance_threshold == LOW
    quiet = made(*[0.0] * 30)
    assert quiet.significance_threshold == CALIBRATED_FROM
    assert set(quiet.scores) == {NOTHING_FOUND}


def test_a_new_sound_part_alarms_as_often_as_promised() -> None:
    chance = np.random.default_rng(0)
    alarms = 0
    for _ in range(400):
        drawn = LOW + chance.lognormal(0, 1, 20)
        alarms += drawn[-1] > made(*drawn[:-1]).significance_threshold
    # 40 expected of 400; 3.5 standard deviations to either side.
    assert 19 <= alarms <= 61


def test_sound_parts_like_defects_and_other_settings_are_doubted() -> None:
    odd = made(*[0.0] * 19, 20 * LOW)
    assert any("1 of the 20 sound parts of 'lid' deviates" in x.en for x in scan_doubts(odd))
    other = made(*[0.0] * 30, defects=("dent",))
    assert scan_doubts(other, defects=("dent",)) == ()
    for changed in ({}, {"defects": ("dent",), "reference": "plane"}):
        (told,) = scan_doubts(other, **changed)  # type: ignore[arg-type]  # a mixed table
        assert "made for other sentences" in told.en


def test_no_parts_and_no_rate_are_refused() -> None:
    with pytest.raises(UsageError, match="No scans"):
        made()
    with pytest.raises(UsageError, match="false-alarm rate"):
        made(1.0, rate=1.5)


def test_a_probability_and_its_significance_undo_each_other() -> None:
    for significance in (LOW, 1.5 * LOW, 3 * LOW):
        back = significance_of(probability_of(significance))
        assert back == pytest.approx(significance, rel=1e-3)
    assert probability_of(LOW, LOW) == pytest.approx(alarm_threshold())
    assert probability_of(0.0) == NOTHING_FOUND and probability_of(1e6) == MOST_SURE
    assert probability_of(significance_of(MOST_SURE)) == MOST_SURE


def test_a_profile_comes_back_as_it_was(tmp_path: Path) -> None:
    profile = made(7.0, 8.0, defects=("划痕",), rules="format = 1", cell_mm=0.2, unit="m")
    profile.save(tmp_path / "lid.profile")
    assert read_scan_profile(tmp_path / "lid.profile") == profile
    assert is_scan_profile(tmp_path / "lid.profile")
    assert not is_scan_profile(tmp_path / "none.profile")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"format": 99}, "format 99"), ({"of": "pictures"}, "not a profile of scans"),
        ({"threshold": 2}, "0 to 1"), ({"scores": [0.1]}, "counts 2 parts"),
        ({"significances": [-1, 0]}, "negative"), ({"significance_threshold": 0}, "positive"),
        ({"name": 3}, "words"), ({"thresh": 1}, "Nearest: threshold"), ({"parts": True}, "counts"),
        ({"cell_mm": float("nan")}, "positive"), ({"scores": 3}, "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_profile_is_refused(
    tmp_path: Path, changed: dict[str, object], words: str
) -> None:
    path = tmp_path / "lid.profile"
    made(7.0, 8.0).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    with pytest.raises(UnreadableFileError, match=words):
        read_scan_profile(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 5000, b"{" + b" " * 5_000_001])
def test_what_is_no_profile_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.profile"
    path.write_bytes(content)
    assert not is_scan_profile(path)
    with pytest.raises(UnreadableFileError, match="not a profile of scans"):
        read_scan_profile(path)


def test_calibrate_sends_scans_where_they_belong() -> None:
    with pytest.raises(UsageError, match="calibrate_scans"):
        calibrate([Surface(np.zeros((3, 3)))])  # type: ignore[list-item]  # wrong on purpose
