"""A frozen, dark, bright, dead or saturated sensor is told after a few frames, and its end."""

import pytest

from faultlens.line.monitoring.sensor_faults import (
    FROZEN_RUN,
    RUN,
    SensorState,
    after,
    shown_fault,
)
from faultlens.line.monitoring.words import sensor_notice

SOUND = {"brightness": 0.5, "contrast": 0.2, "saturated": 0.0, "dark": 0.0}


def followed(state: SensorState, frames: list[dict[str, float]]) -> SensorState:
    for quality in frames:
        state = after(state, quality)
    return state


@pytest.mark.parametrize(
    ("fault", "quality"),
    [
        ("dead", {"rms": 0.0, "dead": 1.0, "clipped": 0.0}),
        ("dead", {"rms": 0.4, "dead": 0.7, "clipped": 0.0}),
        ("saturated", {"rms": 1.0, "dead": 0.0, "clipped": 0.05}),
        ("dark", {"brightness": 0.004, "contrast": 1.2, "saturated": 0.0}),
        ("dark", {"brightness": 0.009, "contrast": 0.1, "saturated": 0.0}),
        ("bright", {"brightness": 0.99, "contrast": 0.01, "saturated": 0.97}),
        ("", SOUND),
        # Dark-field light: black but for bright edges.
        ("", {"brightness": 0.008, "contrast": 4.0, "saturated": 0.002}),
        ("", {}),
    ],
)
def test_one_frame_shows_its_fault(fault: str, quality: dict[str, float]) -> None:
    assert shown_fault(quality) == fault


def test_a_fault_is_told_once_enough_frames_in_a_row_show_it() -> None:
    dark = {"brightness": 0.0, "contrast": 0.0}
    assert followed(SensorState(), [dark] * (RUN - 1)).told == ""
    assert followed(SensorState(), [dark] * RUN).told == "dark"
    assert followed(SensorState(), ([dark] * (RUN - 1) + [SOUND]) * 5).told == ""


def test_a_fault_is_over_once_enough_frames_in_a_row_are_sound() -> None:
    dark = followed(SensorState(), [{"brightness": 0.0, "contrast": 0.0}] * RUN)
    assert followed(dark, [SOUND] * (RUN - 1)).told == "dark"
    assert followed(dark, [SOUND] * RUN).told == ""


def test_equal_pictures_are_a_frozen_camera_until_they_differ() -> None:
    same = {**SOUND, "fingerprint": 7.0}
    frozen = followed(SensorState(), [same] * FROZEN_RUN)
    assert followed(SensorState(), [same] * (FROZEN_RUN - 1)).told == ""
    assert frozen.told == "frozen"
    assert followed(frozen, [same] * 100).told == "frozen"
    live = [{**SOUND, "fingerprint": float(x)} for x in range(100, 100 + RUN)]
    assert followed(frozen, live).told == ""


def test_pictures_that_repeat_now_and_then_are_no_frozen_camera() -> None:
    frames = [{**SOUND, "fingerprint": float(x // 3)} for x in range(300)]
    assert followed(SensorState(), frames).told == ""


def test_a_scanner_that_sees_nearly_nothing_is_blind_until_it_sees_again() -> None:
    blind = followed(SensorState(), [{"missing": 0.95}] * RUN)
    assert blind.told == "blind"
    assert followed(SensorState(), [{"missing": 0.5}] * RUN).told == ""
    assert followed(blind, [{"missing": 0.1}] * RUN).told == ""
    assert "out of the scanner's range" in sensor_notice("belt", "blind").en
