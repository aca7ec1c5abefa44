"""Frames of a fast camera get their verdict from its screen, and hot places their names in time."""

import io
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.detectors.making import detector_of
from faultlens.line.frame import Frame
from faultlens.profiles.calibrate_screen import screen_profile_of
from faultlens.signals.signal import Signal
from tests.camera_frames import marked, strip_frame


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "belt.screen"
    screen_profile_of([strip_frame(i) for i in range(60)], false_alarms=0.03).save(path)
    return path


def source(profile: Path | None, **more: object) -> SourceConfig:
    return SourceConfig("belt", "replay", None, detector="screen", profile=profile, **more)  # type: ignore[arg-type]


def frame(payload: Image | Signal, waited_s: float | None = None) -> Frame:
    """One of which nobody knows when it came is never late, however busy the machine is."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    arrived_s = 0.0 if waited_s is None else time.perf_counter() - waited_s
    return Frame("7", "belt", now, payload, part="B1", arrived_s=arrived_s)


def test_a_sound_frame_passes_and_a_marked_one_alarms_with_its_name(profile: Path) -> None:
    detector = detector_of(source(profile, sentences=("scratch", "dent")))
    sound, hurt = detector.judge(
        [frame(strip_frame(777)), frame(marked(strip_frame(778), 120, 200, dark=60))]
    )
    assert (sound.verdict, sound.alarm, sound.error) == ("no defect", False, "")
    assert hurt.alarm and hurt.verdict in ("scratch", "dent") and hurt.score > hurt.threshold
    (left, top, width, height) = hurt.result["findings"][0]["region"]["boxes"][0]["box"]
    assert left <= 210 and top <= 130 and left + width >= 190 and top + height >= 110
    assert hurt.result["part"] == "B1" and hurt.model.startswith("screen/")
    assert hurt.false_alarm_rate == pytest.approx(0.03) and hurt.embedding is not None
    assert "brightness" in hurt.quality


def test_a_frame_alone_is_judged_as_among_others_and_few_are_asked_for(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faultlens.line.detectors.screen.image_threads", lambda: 2)
    detector = detector_of(source(profile))
    assert detector.most_frames == 2
    frames = [frame(strip_frame(777)), frame(marked(strip_frame(778), 120, 200))]
    alone = [detector.judge([x])[0] for x in frames]
    assert [x.alarm for x in alone] == [False, True]
    for one, among in zip(alone, detector.judge(frames), strict=True):
        assert one.score == pytest.approx(among.score, rel=1e-5) and one.alarm == among.alarm


def test_a_frame_that_waited_alarms_without_a_name(profile: Path) -> None:
    hurt = marked(strip_frame(778), 120, 200, dark=60)
    for language, name in (("en", "defect"), ("zh", "缺陷")):
        detector = detector_of(source(profile), language=language)
        (late,) = detector.judge([frame(hurt, waited_s=1.0)])
        assert late.alarm and late.verdict == name


def test_the_preview_shows_the_place(profile: Path) -> None:
    (hurt,) = detector_of(source(profile)).judge(
        [frame(marked(strip_frame(778), 120, 200, dark=60), waited_s=1.0)]
    )
    assert hurt.preview is not None
    assert Pillow.open(io.BytesIO(hurt.preview())).size == (384, 256)


def test_the_threshold_may_be_fixed_or_asked_for(profile: Path) -> None:
    fixed = source(profile, decision=DecisionConfig(rule="fixed", threshold=0.85))
    assert detector_of(fixed).judge([frame(strip_frame(1))])[0].threshold == 0.85
    wanted = source(profile, decision=DecisionConfig(m=2, n=3, false_alarms=0.1))
    assert detector_of(wanted).judge([frame(strip_frame(1))])[0].false_alarm_rate is not None


def test_what_cannot_be_judged_has_its_one_result(profile: Path) -> None:
    detector = detector_of(source(profile))
    small, recording, good = detector.judge(
        [
            frame(Image(np.full((64, 64), 9, np.uint8))),
            frame(Signal(np.zeros(100), 100.0)),
            frame(strip_frame(5)),
        ]
    )
    assert "64 x 64" in small.error and "recording" in recording.error and not good.error


def test_a_screen_needs_its_profile() -> None:
    with pytest.raises(UsageError, match="needs the profile of its camera"):
        detector_of(source(None))
