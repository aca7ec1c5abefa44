"""What is learned from and what is held out: no leak, classes and bearings weighed alike."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.core.errors import InputError, UsageError
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.training.experiment import Experiment
from faultlens.training.learnable import arrays_of, even_weights, learnable, windows_of
from tests.shaped_noise import HUM, WINDOW, recordings

HOW = Experiment(encoder="conv1d", validation=0.25)


def test_whole_recordings_are_held_out_where_there_are_enough() -> None:
    ready = learnable(recordings(each=4, windows=5), HOW)
    sides = [set(ready.windows.recording[x]) for x in (ready.learned, ready.held)]
    assert not sides[0] & sides[1] and len(sides[1]) == 3
    assert len(ready.learned) + len(ready.held) == len(ready.target)


def test_else_the_last_stretch_with_a_gap_of_a_window() -> None:
    ready = learnable(recordings(windows=20), HOW)
    for number in range(3):
        own = [ready.windows.start[x][ready.windows.recording[x] == number] for x in
               (ready.learned, ready.held)]  # fmt: skip
        assert own[0].max() + 2 * WINDOW <= own[1].min(), "a window between them is on no side"


def test_every_array_has_the_class_of_its_recording() -> None:
    ready = learnable(recordings(windows=20), HOW)
    assert ready.classes == tuple(sorted(HUM))
    assert [ready.classes[x] for x in ready.target] == list(ready.windows.labels)
    assert ready.shape == (1, WINDOW) and ready.arrays.dtype == np.float32


def test_nothing_is_held_out_where_nothing_is_asked_for() -> None:
    ready = learnable(recordings(), replace(HOW, validation=0.0))
    assert len(ready.held) == 0 and len(ready.held_out().target) == 0
    assert len(ready.learned) == len(ready.target)


def test_classes_count_alike_and_in_a_class_its_bearings_do() -> None:
    many = recordings(each=3, labels=("healthy",), windows=8)
    few = recordings(each=1, labels=("inner race fault",), windows=4)
    bearings = [replace(x, specimen=s) for x, s in zip(many, "aab", strict=True)]
    examples = learnable([*bearings, *few], replace(HOW, validation=0.0)).examples()
    assert examples.weight is not None
    healthy, inner = (examples.weight[examples.target == k] for k in (0, 1))
    assert healthy.sum() == pytest.approx(0.5) and inner.sum() == pytest.approx(0.5)
    assert healthy[:16].sum() == pytest.approx(healthy[16:].sum()), "bearing a has twice as many"
    drawn = examples.target[np.concatenate([
        examples.order(np.random.default_rng(i)) for i in range(60)
    ])]  # fmt: skip
    assert abs((drawn == 0).mean() - 0.5) < 0.05


def test_even_examples_come_once_an_epoch_each() -> None:
    examples = learnable(recordings(), HOW).examples()
    order = examples.order(np.random.default_rng(0))
    assert sorted(order) == list(range(len(examples.target)))
    assert even_weights([("a", "1"), ("b", "2")]).tolist() == [0.5, 0.5]


def test_one_class_none_or_an_unknown_one_is_told() -> None:
    with pytest.raises(
        UsageError, match="All 2 recordings are 'healthy'; a training tells classes"
    ):
        learnable(recordings(each=2, labels=("healthy",)), HOW)
    with pytest.raises((UsageError, InputError)):
        learnable([], HOW)
    with pytest.raises(
        UsageError, match="hold 'outer race fault', which the model was not trained"
    ):
        learnable(recordings(), HOW, classes=("healthy", "inner race fault"))


def test_a_second_stage_takes_classes_and_preparation_as_they_are() -> None:
    kept = WindowPreparation("spectrum", 128, 5120.0)
    ready = learnable(
        recordings(labels=("healthy",)), HOW, classes=("inner race fault", "healthy"),
        preparation=kept,
    )  # fmt: skip
    assert ready.preparation == kept and set(ready.target) == {1}
    assert ready.shape == (1, 128)


def test_what_is_slow_to_prepare_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(_: WindowPreparation, windows: object) -> np.ndarray:
        asked.append(len(windows.samples))  # type: ignore[attr-defined]
        return windows.samples[:, :2].astype(np.float32)  # type: ignore[attr-defined,no-any-return]

    monkeypatch.setattr("faultlens.training.learnable.prepared", counted)
    monkeypatch.setattr("faultlens.training.learnable._REMEMBERED", {})
    slow = WindowPreparation("modulation", WINDOW, 5120.0)
    turning = [replace(x, signal=replace(x.signal, shaft_rpm=1500.0)) for x in recordings()]
    cut = learnable(turning, HOW).windows
    asked.clear()
    first = arrays_of(slow, cut.take(np.arange(10)))
    again = arrays_of(slow, cut)
    assert asked == [10, len(cut) - 10]
    assert np.array_equal(again[:10], first)
    assert np.array_equal(again, cut.samples[:, :2])


def test_labels_do_not_reach_the_preparation() -> None:
    cut = learnable(recordings(), HOW).windows
    assert not hasattr(windows_of(cut), "labels") and not hasattr(windows_of(cut), "recordings")
