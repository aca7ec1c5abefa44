"""A bundle of windows judges by its points alone: a model whose answers are known beforehand."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import faultlens
from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.inputs.vibration import prepare_vibration
from faultlens.models.training_free import HEALTHY, UNKNOWN
from faultlens.runtimes.asking import understood
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.judges import judge_named
from faultlens.runtimes.window_bundle import POINTS
from faultlens.runtimes.window_judge import WindowJudge
from faultlens.runtimes.window_threshold import HELD_OUT, NO_DATA, ORIGINS, WindowThreshold
from faultlens.signals.signal import Signal
from faultlens.text.knowledge import fault, load_faults

from .conftest import CARD

# The point of a window: its first three samples at unit length.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
first (float[batch, 1, 32] x) => (float[batch, 3] embedding)
{
    zero = Constant <value_ints = [0]> ()
    three = Constant <value_ints = [3]> ()
    last = Constant <value_ints = [2]> ()
    one = Constant <value_ints = [1]> ()
    cut = Slice (x, zero, three, last)
    row = Squeeze (cut, one)
    embedding = LpNormalization <axis = 1, p = 2> (row)
}
"""
CLASSES = ("healthy", "inner race fault", "loose belt")
SCALE = 4.0


def window(which: int) -> np.ndarray:
    """A window of mean 0 that lies at the point of a class."""
    made = np.zeros(32)
    made[which], made[31] = 1.0, -1.0
    return made


def recording(*classes: int) -> Signal:
    return Signal(np.concatenate([window(x) for x in classes]), 1000.0)


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Write such a bundle, with whatever a test wants otherwise."""

    def write(
        name: str = "belts",
        classes: tuple[str, ...] = CLASSES,
        points: dict[str, np.ndarray] | bytes | None = None,
        **changes: Any,
    ) -> Bundle:
        model = onnx.parser.parse_model(GRAPH)
        x = np.eye(32, dtype=np.float32)[:2, None]
        expected = x[:, 0, :3] / np.linalg.norm(x[:, 0, :3], axis=1, keepdims=True)
        if not isinstance(points, bytes):
            path = tmp_path / "points.npz"
            np.savez(path, **(points or {"classes": np.eye(len(classes), 3, dtype=np.float32)}))
            points = path.read_bytes()
        numbers = {
            "scale": SCALE, "unknown": None, "alarm_threshold": 0.6, "false_alarm_rate": 0.05,
            "healthy_windows": 40, "origin": HELD_OUT,
        }  # fmt: skip
        return write_bundle(
            tmp_path / name, name=name, kind="vibration", card=CARD,
            preparation={
                "windows": {"kind": "waveform", "window": 32, "sample_rate_hz": 1000.0},
                "prompts": ["{}"], "knowledge": False,
            },
            classes=classes, calibration={"windows": {**numbers, **changes}}, text=None,
            files={
                "windows.onnx": model.SerializeToString(), POINTS: points,
                "golden.npz": golden_bytes({"windows": ({"x": x}, expected)}),
            },
        )  # fmt: skip

    return write


def odds(bundle: Bundle, signal: Signal, *faults: str) -> dict[Any, float]:
    judge = judge_named(str(bundle.folder))
    asked = understood(faults, judge).faults
    chosen = [x.fault for x in asked] if faults else judge.faults
    return dict(judge.judge(judge.prepare(signal), chosen).odds)


def test_every_window_counts_the_same(make: Any) -> None:
    found = odds(make(), recording(1, 1, 2, 0))
    # A quarter, a half and a quarter of the windows lie at the classes: the mean log-odds are these
    # shares of the scale.
    expected = np.exp(SCALE * np.array([0.25, 0.5, 0.25]))
    expected /= expected.sum()
    places = [HEALTHY, ("inner",), ("word", "loose belt")]
    np.testing.assert_allclose([found[x] for x in places], expected, atol=1e-6)
    assert found[UNKNOWN] == 0 and sum(found.values()) == pytest.approx(1)


def test_what_nobody_asked_for_is_unknown(make: Any) -> None:
    found = odds(make(), recording(1), "loose belt")
    assert set(found) == {HEALTHY, UNKNOWN, ("word", "loose belt")}
    assert found[UNKNOWN] == pytest.approx(np.exp(SCALE) / (np.exp(SCALE) + 2))


def test_what_is_like_no_class_is_unknown(make: Any) -> None:
    known, strange = recording(2, 2, 2), recording(0, 1, 2)
    bundle = make(unknown=0.6)
    assert max(odds(bundle, known), key=odds(bundle, known).__getitem__) == ("word", "loose belt")
    found = odds(bundle, strange)
    assert max(found, key=found.__getitem__) == UNKNOWN
    assert sum(found.values()) == pytest.approx(1)


def test_of_two_faults_at_once_either_is_right_where_one_is_asked_for(make: Any) -> None:
    classes = ("healthy", "inner race fault", "inner and outer race fault")
    bundle = make("pair", classes)
    found = odds(bundle, recording(2), "inner race fault")
    assert found[UNKNOWN] == 0 and found["inner",] == pytest.approx(0.5)
    assert odds(bundle, recording(2))["outer", "inner"] > 0.9


def test_a_class_called_unknown_is_unknown(make: Any) -> None:
    found = odds(make("strangers", ("healthy", "inner race fault", "unknown")), recording(2))
    assert found[UNKNOWN] > 0.9 and set(found) == {HEALTHY, ("inner",), UNKNOWN}


def test_diagnose_tells_the_users_word_and_where_the_threshold_comes_from(make: Any) -> None:
    bundle = make()
    result = faultlens.diagnose(recording(2, 2, 2, 2), model=str(bundle.folder))
    assert (result.verdict, result.alarm, result.model) == ("loose belt", True, bundle.reference)
    assert (result.threshold, result.false_alarm_rate) == (0.6, 0.05)
    assert result.findings[0].label == "loose belt"
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    assert result.sentence.startswith("Loose belt, certain: judged by 4 windows such as the model")
    assert "40 healthy windows held out" in " ".join(result.warnings)
    assert not [x for x in result.warnings if "simulation" in x]
    assert "4 windows of 0.032 s, prepared as" in result.history[-1]
    in_chinese = faultlens.diagnose(recording(0, 0), model=str(bundle.folder), lang="zh")
    assert in_chinese.verdict == "健康" or in_chinese.best.fault == "healthy"
    assert "健康" in in_chinese.sentence


def test_an_unknown_recording_is_told_as_such(make: Any) -> None:
    result = faultlens.diagnose(recording(0, 1, 2), model=str(make(unknown=0.9).folder))
    assert (result.verdict, result.alarm) == ("unknown", False)
    assert result.sentence.startswith("Unknown: it is like nothing that the model was trained on")
    assert "train the model on such recordings too" in result.action


def test_sentences_are_the_models_classes_or_refused(make: Any) -> None:
    judge = judge_named(str(make().folder))
    assert isinstance(judge, WindowJudge)
    asked = understood(["LOOSE belt", "spalled inner ring", "good"], judge).faults
    assert [x.fault.key for x in asked] == ["loose belt", "inner_race", "healthy"]
    with pytest.raises(UsageError, match=r"was not trained on cage fault; it tells healthy, inner"):
        understood(["cage fault"], judge)
    with pytest.raises(
        UnknownNameError, match=r"'squeal'.*Known: healthy, inner race fault, loose"
    ):
        understood(["squeal"], judge)


def test_the_built_in_judges_know_no_words_of_users() -> None:
    judge = judge_named("builtin/physics")
    assert judge.faults == load_faults() and judge.by_word("cage fault") is None
    assert judge.told(fault("cage")) is None


def test_what_was_prepared_for_another_model_is_refused(make: Any) -> None:
    bundle = make()
    ready = prepare_vibration(Signal(np.random.default_rng(0).normal(size=4000), 1000.0))
    with pytest.raises(UsageError, match="prepared for a model of waveform, and this one takes"):
        judge_named(str(bundle.folder)).judge(ready, load_faults()[:1])
    with pytest.raises(UsageError, match="Give the recording itself"):
        faultlens.load_model(bundle.folder).encode(ready)


def test_the_point_of_a_recording_is_the_mean_direction_of_its_windows(make: Any) -> None:
    model = faultlens.load_model(make().folder)
    rows = model.encode([recording(0, 0, 2, 2), recording(1)])
    np.testing.assert_allclose(rows, [[0.5**0.5, 0, 0.5**0.5], [0, 1, 0]], atol=1e-6)
    result = faultlens.diagnose(recording(0, 0, 2, 2), model=str(model.bundle.folder))
    np.testing.assert_allclose(result.embedding, rows[0], atol=1e-6)
    with pytest.raises(BundleError, match="names no text tower"):
        model.encode_text(["healthy"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": b"no archive"}, "prototypes.npz cannot be read"),
        ({"points": {"classes": np.eye(2, 3)}}, "does not hold one point for each of its 3"),
        ({"points": {"classes": np.full((3, 3), np.nan)}}, "does not hold one point for each"),
        ({"points": {"classes": np.eye(3), "meant": np.eye(3)}}, "does not hold one point"),
        ({"points": {"others": np.eye(3)}}, "does not hold one point for each"),
        ({"scale": "large"}, "does not say how windows are judged"),
        ({"origin": "a guess"}, "does not say how windows are judged"),
        ({"alarm_threshold": 7}, "does not say how windows are judged"),
        ({"classes": (), "points": {"classes": np.zeros((0, 3))}}, "each of its 0 classes"),
    ],
)
def test_a_bundle_that_does_not_say_what_it_must_is_refused(
    make: Any, changes: dict[str, Any], words: str
) -> None:
    made = make("odd", **changes)
    with pytest.raises(BundleError, match=words):
        WindowJudge(faultlens.load_model(made.folder))  # type: ignore[arg-type]


@pytest.mark.parametrize("origin", ORIGINS)
def test_every_origin_of_a_threshold_is_told_in_both_languages(origin: str) -> None:
    rate = 0.05 if origin == HELD_OUT else None
    told = WindowThreshold(0.5, rate, 40, origin).told
    assert "faultlens calibrate --model" in told.en and "标定档案" in told.zh
    assert ("default" in told.en) == (origin != HELD_OUT)


def test_a_default_threshold_promises_no_rate(make: Any) -> None:
    bundle = make("default", origin=NO_DATA, false_alarm_rate=None, alarm_threshold=0.5)
    result = faultlens.diagnose(recording(1), model=str(bundle.folder))
    assert result.to_dict()["false_alarm_rate"] is None
    assert "no false-alarm rate is known" in " ".join(result.warnings)
