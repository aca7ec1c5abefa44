"""A camera's profile is read as it was written, and a damaged one is refused with its reason."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.inference.screen import Screen
from faultlens.profiles.calibrate_screen import screen_profile_of
from faultlens.profiles.screen_profile import ScreenProfile, read_screen_profile
from tests.camera_frames import part_frame


@pytest.fixture(scope="module")
def profile() -> ScreenProfile:
    return screen_profile_of([part_frame(i) for i in range(30)], false_alarms=0.1, name="belt")


def test_what_is_read_judges_as_what_was_written(profile: ScreenProfile, tmp_path: Path) -> None:
    profile.save(tmp_path / "belt.screen")
    again = read_screen_profile(tmp_path / "belt.screen")
    assert profile.pattern is not None and again.pattern is not None
    frame = part_frame(99)
    assert Screen(again).look(frame).score == pytest.approx(
        Screen(profile).look(frame).score, rel=3e-3
    )
    assert again.scores == profile.scores and again.false_alarm_rate == profile.false_alarm_rate


def test_damaged_files_are_refused(profile: ScreenProfile, tmp_path: Path) -> None:
    path = tmp_path / "belt.screen"
    for content, told in ((b"", "is not a profile of a camera"), (b"PK\x03\x04", "is not a")):
        path.write_bytes(content)
        with pytest.raises(UnreadableFileError, match=told):
            read_screen_profile(path)
    replace(profile, usual=profile.usual[:, 1:]).save(path)
    with pytest.raises(UnreadableFileError, match="'usual' does not belong to its frames"):
        read_screen_profile(path)
    replace(profile, usual=profile.usual * np.float32(np.nan)).save(path)
    with pytest.raises(UnreadableFileError, match="holds no plain numbers"):
        read_screen_profile(path)


def test_newer_and_unknown_fields_are_told(profile: ScreenProfile, tmp_path: Path) -> None:
    path = tmp_path / "belt.screen"
    profile.save(path)
    with np.load(path) as opened:
        arrays = {x: opened[x] for x in opened.files}
    table = json.loads(arrays["screen"].tobytes())
    for changed, told in (({"format": 9}, "format 9"), ({"odd": 1}, "Unknown profile field 'odd'")):
        arrays["screen"] = np.frombuffer(json.dumps({**table, **changed}).encode(), np.uint8)
        with path.open("wb") as stream:
            np.savez(stream, **arrays)
        with pytest.raises(UnreadableFileError, match=told):
            read_screen_profile(path)
