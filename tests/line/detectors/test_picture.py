"""Pictures are judged with their source's part, sentences and profile, and shown small."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.images.image import Image
from faultlens.inference.inspect import inspect
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.detectors.picture import PictureDetector
from faultlens.line.detectors.preview import preview_jpeg, shrunk
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.image_model import IMAGE, encode_images
from faultlens.runtimes.loaded import load_model
from tests.inspected_pictures import inspected
from tests.line.detectors.frames import frame, surface, vibration

SOURCE = SourceConfig("camera", "folder", None, sentences=("scratch", "pitting"))


@pytest.fixture(scope="module")
def detector() -> PictureDetector:
    return PictureDetector(SOURCE)


def test_a_verdict_is_that_of_inspect(detector: PictureDetector) -> None:
    pictures = [surface(1, "scratch"), surface(2)]
    judged = detector.judge([frame(i, x) for i, x in enumerate(pictures)])
    for one, image in zip(judged, pictures, strict=True):
        alone = inspect(image, defects=["scratch", "pitting"])
        assert (one.verdict, one.alarm) == (alone.verdict, alone.alarm)
        assert one.score == pytest.approx(alone.alarm_score, abs=1e-5)
        assert one.threshold == alone.threshold
        assert one.result["source"] == "hall"
        assert one.error == ""


def test_the_embedding_is_the_models_row_of_the_picture(detector: PictureDetector) -> None:
    image = surface(1, "scratch")
    (one,) = detector.judge([frame(1, image)])
    row = encode_images(load_model("builtin/surface"), [image], want=(IMAGE,)).image[0]
    assert one.embedding is not None
    assert one.embedding @ row == pytest.approx(1.0, abs=1e-3)
    assert np.linalg.norm(one.embedding) == pytest.approx(1.0, abs=1e-5)
    assert {"brightness", "contrast"} <= set(one.quality)


def test_pictures_of_a_batch_keep_their_own_rows(detector: PictureDetector) -> None:
    """Pictures of one size share a pass, and larger ones are cut into tiles."""
    pictures = [surface(1, "scratch"), surface(5, size=300), surface(2), surface(3, "pitting")]
    together = detector.judge([frame(i, x) for i, x in enumerate(pictures)])
    for one, image in zip(together, pictures, strict=True):
        (alone,) = detector.judge([frame(9, image)])
        assert one.embedding is not None
        assert alone.embedding is not None
        assert one.embedding @ alone.embedding == pytest.approx(1.0, abs=1e-5)
        assert one.score == pytest.approx(alone.score, abs=1e-4)


def test_a_small_picture_is_made_when_it_is_asked_for(detector: PictureDetector) -> None:
    (one,) = detector.judge([frame(1, surface(1, "scratch", size=640))])
    assert one.preview is not None
    shown = Pillow.open(io.BytesIO(one.preview()))
    assert (shown.format, shown.size) == ("JPEG", (480, 480))


def test_heat_is_shown_of_alarms_only() -> None:
    heat = np.ones((30, 40), np.float32)
    alarm = replace(inspected("no_defect"), alarm=True, heat=heat)
    sound = replace(alarm, alarm=False)
    plain = replace(sound, heat=None)
    assert preview_jpeg(sound) == preview_jpeg(plain)
    assert preview_jpeg(alarm) != preview_jpeg(replace(alarm, heat=None))


@pytest.mark.parametrize("shape", [(3000, 4000, 3), (16, 4000), (480, 100)])
def test_it_is_shrunk_to_fit_and_never_enlarged(shape: tuple[int, ...]) -> None:
    small = shrunk(np.full(shape, 77, np.uint8), 480)
    assert max(small.shape[:2]) == 480
    assert small.min() == small.max() == 77


def test_a_fixed_threshold_promises_no_rate() -> None:
    source = replace(SOURCE, decision=DecisionConfig(rule="fixed", threshold=0.85))
    (one,) = PictureDetector(source).judge([frame(1, surface(2))])
    assert (one.threshold, one.false_alarm_rate) == (0.85, None)
    assert not any("threshold" in x for x in one.result["warnings"])


def test_a_profile_sets_the_rate_also_of_the_whole_decision(tmp_path: Path) -> None:
    made = calibrate([surface(seed, size=64) for seed in range(4)], false_alarms=0.2, name="tiles")
    made.save(tmp_path / "tiles.profile")
    source = SourceConfig("camera", "folder", None, profile=tmp_path / "tiles.profile")
    (one,) = PictureDetector(source).judge([frame(1, surface(9, size=64))])
    assert (one.profile, one.threshold, one.false_alarm_rate) == ("tiles", made.threshold, 0.2)
    whole = replace(source, decision=DecisionConfig(m=2, n=2, false_alarms=0.2))
    (one,) = PictureDetector(whole).judge([frame(1, surface(9, size=64))])
    assert one.false_alarm_rate == pytest.approx(1 / 3)  # two look-backs of two stand alone
    replace(made, model="builtin/surface@0").save(tmp_path / "other.profile")
    with pytest.raises(UsageError, match="was made with builtin/surface@0"):
        PictureDetector(replace(source, profile=tmp_path / "other.profile"))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"decision": DecisionConfig(false_alarms=0.001)}, UsageError, "calibrate"),
        ({"profile": Path("/nowhere/a.profile")}, UnreadableFileError, "nowhere"),
        ({"sentences": ("",)}, UsageError, "Sentence 1 is empty"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_frame(
    change: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as told:
        PictureDetector(replace(SOURCE, **change))  # type: ignore[arg-type]  # one field each
    assert words in str(told.value)


def test_frames_that_cannot_be_judged_stop_no_other(detector: PictureDetector) -> None:
    judged = detector.judge(
        [
            frame(1, Image(np.zeros((4, 4), np.uint8))),
            frame(2, vibration(1)),
            frame(3, surface(1, "scratch")),
        ]
    )
    assert [bool(x.error) for x in judged] == [True, True, False]
    assert 'detector = "signal"' in judged[1].error
    assert judged[2].preview is not None
