"""A reference is taken from frames that stand still, and a machine that warms up is waited for."""

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.collecting import TRIES, Collecting
from faultlens.line.monitoring.keeping import (
    VERSION,
    read_reference,
    reference_path,
    write_reference,
)
from faultlens.line.monitoring.observed import Observed
from faultlens.line.monitoring.reference import Reference, pace_of, reference_of

CONFIG = MonitoringConfig(reference=100, window=40)


def taken(levels: np.ndarray) -> tuple[int, Reference, Collecting]:
    """After how many frames there is a reference of levels in dB, and it."""
    collecting = Collecting(CONFIG)
    for number, level in enumerate(levels, 1):
        seen = Observed("m", {"rms": np.array([level], np.float32)})
        if made := collecting.take(seen, None):
            return number, made, collecting
    raise AssertionError("no reference was taken")


def test_frames_that_stand_still_are_taken_at_once() -> None:
    number, made, _ = taken(np.random.default_rng(0).normal(0, 0.5, 100))
    assert number == 100
    assert made.settled and not made.wander


def test_a_machine_that_warms_up_is_waited_for() -> None:
    rng = np.random.default_rng(0)
    warm = -6 * np.exp(-np.arange(900) / 80)  # six decibels louder once it is warm
    number, made, _ = taken(warm + rng.normal(0, 0.5, 900))
    assert 200 <= number <= 450
    assert made.raw["rms"].mean() > -1.5
    assert not made.wander


def test_a_machine_that_never_stands_still_gets_levels_that_allow_for_it() -> None:
    rng = np.random.default_rng(0)
    rising = 0.03 * np.arange(2000)
    number, made, collecting = taken(rising + rng.normal(0, 0.3, 2000))
    assert collecting.tries == TRIES
    assert number == 100 + 50 * (TRIES - 1)
    assert made.measures["rms"].level >= 2 * made.wander["rms"] > 0


def test_frames_of_another_model_begin_anew() -> None:
    collecting = Collecting(CONFIG)
    row = np.zeros(1, np.float32)
    told = [collecting.take(Observed("a", {"x": row}), None) for _ in range(99)]
    told += [collecting.take(Observed("b", {"x": row}), None) for _ in range(99)]
    assert not any(told)
    made = collecting.take(Observed("b", {"x": row}), None)
    assert made is not None and made.key == "b"


def test_a_measure_that_few_frames_have_is_left_out() -> None:
    collecting = Collecting(CONFIG)
    row, made = np.zeros(1, np.float32), None
    for number in range(100):
        rows = {"x": row} | ({"seldom": row} if number % 2 else {})
        made = collecting.take(Observed("m", rows), None)
    assert made is not None and list(made.raw) == ["x"]


def test_long_references_and_windows_are_thinned() -> None:
    pace = pace_of(MonitoringConfig(reference=100_000, window=100_000))
    assert pace.reference <= 2000 and pace.window <= 500
    assert pace.every * pace.window <= 100_000


def made_reference() -> Reference:
    rng = np.random.default_rng(0)
    raw = {
        "rms": rng.normal(size=(60, 1)).astype(np.float32),
        "spectrum": rng.normal(size=(60, 8)).astype(np.float32),
    }
    return reference_of("m", raw, CONFIG)


def test_a_reference_comes_back_from_its_file(tmp_path) -> None:
    path = reference_path(tmp_path, "hall", "pump/1")
    write_reference(path, made_reference())
    back = read_reference(path, CONFIG)
    assert back.key == "m"
    assert back.raw["spectrum"].tolist() == made_reference().raw["spectrum"].tolist()
    assert {n: x.level for n, x in back.measures.items()} == {
        n: x.level for n, x in made_reference().measures.items()
    }


def test_channels_with_alike_names_have_files_of_their_own(tmp_path) -> None:
    names = [("a", "b-c"), ("a-b", "c"), ("a", "b/c"), ("a", "../b"), ("机器", "1"), ("机床", "1")]
    paths = {reference_path(tmp_path, *x) for x in names}
    assert len(paths) == len(names)
    assert {x.parent for x in paths} == {tmp_path}


@pytest.mark.parametrize("damage", ["cut", "text", "pickle", "version", "nan", "lengths", "none"])
def test_a_damaged_reference_is_refused(tmp_path, damage: str) -> None:
    path = tmp_path / "a.npz"
    write_reference(path, made_reference())
    arrays = dict(np.load(path))
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    elif damage == "text":
        path.write_text("no archive")
    elif damage == "pickle":
        arrays["rows_0"] = np.array([{"a": 1}], dtype=object)
    elif damage == "version":
        told = arrays["told"].tobytes().replace(b'"version": %d' % VERSION, b'"version": 9')
        arrays["told"] = np.frombuffer(told, np.uint8)
    elif damage == "nan":
        arrays["rows_0"] = np.full((60, 1), np.nan, np.float32)
    elif damage == "lengths":
        arrays["rows_0"] = arrays["rows_0"][:30]
    else:
        del arrays["told"]
    if damage not in ("cut", "text"):
        np.savez(path, **arrays)
    with pytest.raises(UnreadableFileError, match=r"a\.npz is no reference of a source"):
        read_reference(path, CONFIG)
