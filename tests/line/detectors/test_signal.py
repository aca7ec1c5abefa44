"""Windows are judged by the speed, bearing and profile of their channel, and by the line's rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.line.configuration.line_config import (
    ChannelConfig,
    DecisionConfig,
    SourceConfig,
)
from faultlens.line.detectors.signal import SignalDetector
from faultlens.profiles.calibrate import calibrate
from faultlens.signals.signal import Signal
from tests.line.detectors.frames import BEARING, START, frame, surface, vibration

SOURCE = SourceConfig("hall", "mqtt", None, rpm=1772, bearing="n=9,d=7.94,D=39.04")


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of nine healthy windows, which rise and fall by turns."""
    made = calibrate(
        [vibration(seed) for seed in range(9)],
        false_alarms=0.1,
        shaft_rpm=1772,
        bearing=BEARING,
        name="pump",
    )
    scores = tuple(sorted(made.scores))
    turns = tuple(x for pair in zip(scores[:4], scores[5:], strict=True) for x in pair)
    path = tmp_path_factory.mktemp("profiles") / "pump.profile"
    replace(made, scores=(*turns, scores[4])).save(path)
    return path


def test_a_fault_is_named_and_a_sound_window_is_not() -> None:
    bad, good = SignalDetector(SOURCE).judge(
        [frame(1, vibration(3, "outer")), frame(2, vibration(4))]
    )
    assert (bad.verdict, bad.alarm) == ("outer race fault", True)
    assert (good.verdict, good.alarm, good.error) == ("healthy", False, "")
    for one in (bad, good):
        assert one.alarm == (one.score > one.threshold)
        assert one.model.startswith("builtin/bearing@")
        assert one.seconds > 0


def test_a_result_says_where_its_frame_comes_from_and_keeps_evidence_of_alarms_only() -> None:
    bad, good = SignalDetector(SOURCE).judge(
        [frame(1, vibration(3, "outer"), channel="pump"), frame(2, vibration(4))]
    )
    assert bad.result["asset"] == "pump 7"
    assert (bad.result["source"], bad.result["channel"], bad.result["part"]) == (
        "hall", "pump", "P1",
    )  # fmt: skip
    assert bad.result["time"] == "2026-11-26T08:00:01+00:00"
    assert bad.result["findings"][0]["evidence"]["families"]
    assert bad.result["expected"]
    assert [x["label"] for x in good.result["findings"]].count("healthy") == 1
    assert not any(x["evidence"] for x in good.result["findings"])
    assert good.result["expected"] == []


def test_the_embedding_quality_and_spectrum_are_there_for_monitoring() -> None:
    (one,) = SignalDetector(SOURCE).judge([frame(1, vibration(3, "outer"))])
    assert one.embedding is not None
    assert np.linalg.norm(one.embedding) == pytest.approx(1.0, abs=1e-5)
    assert {"rms", "kurtosis", "clipped", "dead"} <= set(one.quality)
    assert one.spectrum is not None
    assert (one.spectrum.shape, one.band_hz) == ((128,), 50.0)


def test_each_channel_has_its_own_speed_and_bearing() -> None:
    """By the wrong speed the lines of the fault are not found."""
    source = replace(SOURCE, rpm=3000, channels={"pump": ChannelConfig(rpm=1772)})
    right, wrong = SignalDetector(source).judge(
        [frame(i, vibration(3, "outer"), channel=x) for i, x in enumerate(("pump", "fan"))]
    )
    assert right.result["shaft"]["stated_rpm"] == 1772
    assert wrong.result["shaft"]["stated_rpm"] == 3000
    assert right.score > wrong.score


def test_a_speed_that_comes_with_the_window_goes_before_that_of_the_plate() -> None:
    spinning = replace(vibration(3, "outer"), shaft_rpm=1772.0)
    (one,) = SignalDetector(replace(SOURCE, rpm=3000)).judge([frame(1, spinning)])
    assert one.result["shaft"]["stated_rpm"] == 1772
    assert one.verdict == "outer race fault"


def test_sentences_of_the_line_are_asked_word_for_word() -> None:
    source = replace(SOURCE, sentences=("raced-out outer ring", "inner race fault"))
    (one,) = SignalDetector(source).judge([frame(1, vibration(3, "outer"))])
    assert one.verdict == "raced-out outer ring"
    assert len(one.result["findings"]) == 4


def test_a_profile_sets_threshold_and_rate(profile: Path) -> None:
    (one,) = SignalDetector(replace(SOURCE, profile=profile)).judge([frame(1, vibration(20))])
    assert (one.profile, one.false_alarm_rate) == ("pump", 0.1)


def test_the_rate_of_the_whole_decision_is_held_by_a_lower_threshold(profile: Path) -> None:
    """High scores never follow each other here, so that two of two need not fear them."""
    one = DecisionConfig(false_alarms=0.2)
    two = DecisionConfig(m=2, n=2, false_alarms=0.2)
    thresholds = []
    for config in (one, two):
        source = replace(SOURCE, profile=profile, decision=config)
        (judged,) = SignalDetector(source).judge([frame(1, vibration(20))])
        thresholds.append(judged.threshold)
    assert thresholds[1] < thresholds[0]


def test_a_fixed_threshold_promises_no_rate() -> None:
    source = replace(SOURCE, decision=DecisionConfig(rule="fixed", threshold=0.85))
    bad, good = SignalDetector(source).judge(
        [frame(1, vibration(3, "outer")), frame(2, vibration(4))]
    )
    assert (bad.threshold, bad.false_alarm_rate, bad.alarm, good.alarm) == (0.85, None, True, False)
    assert not any("threshold" in x for x in good.result["warnings"])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"sentences": ("the printer is out of paper",)}, UnknownNameError, "printer"),
        ({"bearing": "no such bearing"}, UnknownNameError, "no such bearing"),
        ({"bearing": "n=9,d=7"}, UsageError, "Allowed"),
        ({"decision": DecisionConfig(false_alarms=0.001)}, UsageError, "calibrate"),
        ({"profile": Path("/nowhere/a.profile")}, UnreadableFileError, "nowhere"),
        ({"model": "builtin/nothing"}, UnknownNameError, "builtin/bearing"),
        ({"channels": {"fan": ChannelConfig(bearing="?")}}, UnknownNameError, "?"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_frame(
    change: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as told:
        SignalDetector(replace(SOURCE, **change))  # type: ignore[arg-type]  # one field each
    assert words in str(told.value)


def test_a_profile_of_another_model_is_refused(profile: Path) -> None:
    with pytest.raises(UsageError, match=r"was made with builtin/bearing@.*builtin/physics"):
        SignalDetector(replace(SOURCE, profile=profile), model="builtin/physics")


def test_frames_that_cannot_be_judged_stop_no_other() -> None:
    rate = 12_800.0
    judged = SignalDetector(SOURCE).judge(
        [
            frame(1, Signal(np.zeros(12_800), rate)),
            frame(2, Signal(np.full(12_800, np.nan), rate)),
            frame(3, Signal(np.zeros(0), rate)),
            frame(4, surface(0)),
            frame(5, Signal(np.sin(np.arange(12_800.0)), 50.0)),
            frame(6, vibration(3, "outer")),
        ]
    )
    assert [bool(x.error) for x in judged] == [True] * 5 + [False]
    assert [x.frame.id for x in judged] == list("123456")
    assert "constant" in judged[0].error
    assert 'detector = "picture"' in judged[3].error
    assert judged[5].verdict == "outer race fault"
    for bad in judged[:5]:
        assert (bad.verdict, bad.alarm, bad.score) == ("", False, 0.0)
        assert bad.result["error"] == bad.error
    # A dead sensor is told by its frames, which nobody can judge.
    assert [judged[i].quality["dead"] for i in range(3)] == [1.0, 1.0, 1.0]
    assert "brightness" in judged[3].quality


def test_the_time_of_a_frame_is_that_of_its_taking() -> None:
    (one,) = SignalDetector(SOURCE).judge([frame(0, vibration(4))])
    assert one.frame.time == START
