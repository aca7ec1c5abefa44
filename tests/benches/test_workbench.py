"""The bench of the workbench: figures, floors and costs in one table; a second run trains nothing.

Synthetic windows in the reference's layout, whose classes a tone tells apart.
"""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")
pytest.importorskip("sklearn", reason="the linear floor: pip install 'faultlens[train]'")

from benches import workbench_trials
from benches.cost import costed, read_cost
from benches.few_shot import FEW, TUNED
from benches.reencoding import SPEED, TIMES, Timed, speed_section, timed_stages
from benches.trend import FALSE, TREND
from benches.workbench import AIMS, held_table, kept_section, page_of
from benches.workbench_figures import BALANCED, ERROR, TIME
from benches.workbench_questions import (
    ADAPTED,
    CONDITION,
    CWRU,
    DRIVE,
    LOAD,
    NOISE,
    THERE,
    condition_section,
    size_section,
    steps_of,
)
from benches.workbench_trials import Task, Trials, Way
from faultlens.core.errors import MissingPackageError, UnreadableFileError
from faultlens.evaluation.figures import Figure, Section
from faultlens.evaluation.floors import LINEAR
from faultlens.training.teacher import teacher_folder

TONES_HZ = {"inner": 500.0, "outer": 1500.0, "ball": 1000.0, "health": 2200.0}


@pytest.fixture(scope="module")
def bearingset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Windows of 128 samples in columns, two conditions, train and test."""
    folder = tmp_path_factory.mktemp("data") / "bearingset"
    rng = np.random.default_rng(0)
    time_s = np.arange(128) / 5120
    for part in ("train", "test"):
        (folder / f"{part}_set").mkdir(parents=True)
        for name, tone_hz in TONES_HZ.items():
            for condition in ("20_0", "30_2"):
                phase = rng.uniform(0, 6, 16)
                windows = np.sin(2 * np.pi * tone_hz * time_s[:, None] + phase)
                windows += 0.3 * rng.normal(size=windows.shape)
                file = folder / f"{part}_set" / f"{name}{condition}_{part}.csv"
                np.savetxt(file, windows, delimiter=",", fmt="%.5f")
    return folder


def must_not_train(*arguments: object, **options: object) -> None:
    raise AssertionError("a model was trained")


def test_every_figure_has_its_interval_floor_and_cost_and_a_second_run_trains_nothing(
    bearingset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = Trials(tmp_path, (0, 1), quiet=True)
    plain, adapted = condition_section(bearingset, trials)
    figures = {(x.topic, x.subject, x.name, x.model): x for x in (*plain.figures, *adapted.figures)}
    for topic in (CONDITION, ADAPTED):
        found = figures[topic, THERE, BALANCED, "spectrum"]
        assert found.value > 0.9
        assert found.n == 64
        assert found.low is not None and found.low <= found.value
        assert figures[topic, THERE, ERROR, "spectrum"].value < 0.3
        assert figures[topic, THERE, BALANCED, LINEAR].value > 0.8
    assert figures[CONDITION, THERE, TIME, "spectrum"].n == 2
    assert figures[CONDITION, THERE, TIME, "spectrum"].value > 0
    assert "too narrow" in plain.note
    assert "No training-free beside it" in plain.note

    monkeypatch.setattr(workbench_trials, "train_zero_shot", must_not_train)
    assert condition_section(bearingset, Trials(tmp_path, (0, 1), quiet=True)) == [plain, adapted]
    with pytest.raises(AssertionError, match="was trained"):
        condition_section(bearingset, Trials(tmp_path, (0, 1, 2), quiet=True))


def test_what_is_held_is_told_and_what_is_not() -> None:
    aims = {("T", x, "recall"): 0.9 for x in "abce"} | {
        ("T", "a", ERROR): 0.05,
        ("T", "b", FALSE): 0.12,
    }
    figures = (
        Figure("T", "a", "recall", "m", 0.95, 9, 0.8, 1.0),
        Figure("T", "a", "recall", LINEAR, 0.5, 9),
        Figure("T", "b", "recall", "m", 0.89, 9, 0.8, 0.95),
        Figure("T", "c", "recall", "m", 0.7, 9, 0.6, 0.8),
        Figure("T", "a", ERROR, "m", 0.06, 9),
        Figure("T", "b", FALSE, "m", 0.12, 9),
        Figure("T", "d", "nobody asked", "m", 0.1, 9),
        Figure("T", "e", "recall", "m", 0.5, 9),
        Figure("T", "e", "recall", "m", 0.9, 9, how=TUNED),
    )
    rows = [x.split(" | ") for x in held_table([Section("T", "", figures)], aims).splitlines()[2:]]
    assert [x[4] for x in rows] == ["yes", "no; within its interval", "no", "no", "yes", "yes"]
    assert rows[0][5] == "0.500"
    assert rows[3][2] == "at most 0.05"


def test_the_aims_are_those_that_were_asked_for() -> None:
    assert AIMS[LOAD, f"{DRIVE}, {NOISE}", BALANCED] == 0.9
    assert {x[0] for x in AIMS} >= {FEW, SPEED, TREND, CONDITION, ADAPTED}
    assert page_of([]).startswith("# The workbench")


def test_on_cwru_no_bearing_is_on_both_sides(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every recording is tested once, by a model that never saw its fault size."""
    asked: list[Task] = []

    class Heard(Exception):
        pass

    def heard(self: Trials, tasks: list[Task], experiment: object, way: Way) -> None:
        asked.extend(tasks)
        assert way.over == "bearings"
        raise Heard

    monkeypatch.setattr(Trials, "measured", heard)
    with pytest.raises(Heard):
        size_section(shared_data / "bearing", Trials(tmp_path, (0,)))
    assert len(asked) == 4
    tested = [x.key for task in asked for x in task.test]
    assert len(tested) == len(set(tested)) == 60
    for task in asked:
        assert not {x.specimen for x in task.train} & {x.specimen for x in task.test}
    assert 200 <= steps_of(CWRU, asked).training.epochs * 4.25 <= 300


def test_a_measured_section_comes_back_whole(tmp_path: Path) -> None:
    made = Section("T", "note", (Figure("T", "a", "b", "m", 0.1, 2, how="x"),), after="below")
    path = tmp_path / "a.json"
    assert kept_section(path, lambda: made) == made
    assert kept_section(path, lambda: Section("other", "", ())) == made
    path.write_text("{}", encoding="utf-8")
    assert kept_section(path, lambda: Section("other", "", ())).topic == "other"


def test_both_ways_of_asking_are_the_same_training(bearingset: Path) -> None:
    try:
        teacher_folder()
    except MissingPackageError as error:
        pytest.skip(str(error))
    train = str(bearingset / "train_set")
    once, again = (
        {**timed_stages(train, "spectrum", again=x, epochs=(2, 1)), "process_s": 9.0}
        for x in (False, True)
    )
    for stage in ("first_loss", "last_loss"):
        assert again[stage] == pytest.approx(once[stage], abs=1e-5)
    figures = speed_section([Timed("spectrum", once, again)]).figures
    assert figures[0].name == TIMES
    assert figures[0].value == pytest.approx(again["clock_s"] / once["clock_s"])


def test_what_something_took_is_written_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    large = costed(lambda: np.ones(8_000_000).sum(), path)
    assert large == 8_000_000
    cost = read_cost(path)
    assert 0 < cost.seconds < 10
    assert cost.peak_mb is None or cost.peak_mb > 64
    path.write_text('{"other": 1}', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="Take its folder away"):
        read_cost(path)
