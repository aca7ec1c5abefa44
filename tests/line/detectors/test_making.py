"""The detector of a source is that which line.toml asks for, or fits its frames."""

from dataclasses import replace

import pytest

from faultlens.core.errors import BundleError, UnknownNameError
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.detectors.making import detector_of
from faultlens.line.detectors.picture import PictureDetector
from faultlens.line.detectors.signal import SignalDetector
from faultlens.line.detectors.unjudged import each_or_alone, unjudged
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.signals.signal import Signal
from tests.line.detectors.frames import frame, surface, vibration

SOURCE = SourceConfig("hall", "folder", None)


def test_a_stated_detector_is_made_at_once() -> None:
    assert type(detector_of(replace(SOURCE, detector="signal"))) is SignalDetector
    assert type(detector_of(replace(SOURCE, detector="picture"))) is PictureDetector
    assert type(detector_of(SOURCE, kind="signal")) is SignalDetector


def test_auto_fits_each_frame_and_keeps_their_order() -> None:
    payloads: list[Image | Signal] = [vibration(1), surface(1), vibration(2), surface(2)]
    judged = detector_of(SOURCE).judge([frame(i, x) for i, x in enumerate(payloads)])
    assert [x.frame.id for x in judged] == ["0", "1", "2", "3"]
    assert [x.model.split("@")[0] for x in judged] == ["builtin/bearing", "builtin/surface"] * 2


def test_what_auto_cannot_know_before_its_first_frame_is_said_of_every_frame() -> None:
    source = replace(SOURCE, sentences=("the printer is out of paper",))
    judged = detector_of(source).judge([frame(1, vibration(1)), frame(2, vibration(2))])
    assert ["printer" in x.error for x in judged] == [True, True]
    with pytest.raises(UnknownNameError, match="printer"):
        detector_of(source, kind="signal")


def test_language_and_model_are_passed_on() -> None:
    source = replace(SOURCE, detector="signal", rpm=1772, bearing="6205")
    (one,) = detector_of(source, model="builtin/physics", language="zh").judge(
        [frame(1, vibration(3, "outer"))]
    )
    assert one.model.startswith("builtin/physics@")
    assert one.verdict == "外圈故障"


def test_our_own_fault_at_one_frame_is_its_result_and_stops_no_other() -> None:
    def together(frames: "list[Frame]") -> list[Judged]:
        if any(x.id == "2" for x in frames):
            raise ZeroDivisionError("at 2")
        return [replace(unjudged(x, ValueError(), "m"), error="") for x in frames]

    frames = [frame(i, vibration(1)) for i in (1, 2, 3)]
    judged = each_or_alone(frames, together, "m")  # type: ignore[arg-type]  # a list is enough
    assert [x.error for x in judged] == ["", "Our fault: ZeroDivisionError: at 2", ""]


def test_a_damaged_model_is_raised() -> None:
    def together(frames: object) -> list[Judged]:
        raise BundleError("damaged")

    with pytest.raises(BundleError):
        each_or_alone([frame(1, vibration(1))], together, "m")
