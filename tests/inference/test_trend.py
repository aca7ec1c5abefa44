"""A degradation of known onset is warned of after it and not before; order and dates are found."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError, UnusableSignalError, UsageError
from faultlens.inference.snapshot import Snapshot, snapshot, snapshot_file, vibration_channels
from faultlens.inference.timeline import COUNTED, TEMPERATURES, recordings_of, timeline
from faultlens.inference.trend import HEALTHY, trend, trend_of
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.recording import in_memory
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

START = datetime(2024, 1, 1, 6)
BEARING = BearingGeometry(9, 7.94, 39.04)
ONSET, COUNT = 45, 80
Life = Callable[..., list[Signal]]


def machine(number: int, families: Sequence[str] = (), snr_db: float = 0.0) -> Signal:
    """The recording of one day: the same machine, other noise."""
    made = simulate(
        tuple(families), bearing=BEARING, shaft_rpm=1772, sample_rate_hz=8000, seconds=0.5,
        seed=number, snr_db=snr_db,
    ).signal  # fmt: skip
    time = (START + timedelta(days=number)).isoformat()
    return made.derived(made.samples, "dated", time=time, bearing=None, shaft_rpm=None)


@pytest.fixture(scope="module")
def healthy_days() -> list[Signal]:
    return [machine(i) for i in range(COUNT)]


@pytest.fixture(scope="module")
def wearing_days(healthy_days: list[Signal]) -> list[Signal]:
    """From the onset on, an outer race fault grows by 1 dB a day."""
    worn = [machine(i, ("outer",), -15.0 + (i - ONSET)) for i in range(ONSET, COUNT)]
    return [*healthy_days[:ONSET], *worn]


def test_a_healthy_machine_is_not_warned_of(healthy_days: list[Signal]) -> None:
    found = trend(healthy_days)
    assert found.view.warning is None
    assert found.state == "healthy"
    assert found.view.healthy == HEALTHY
    assert found.sentence.startswith("No warning in 55 recordings after the 25")


def test_a_growing_fault_is_warned_of_after_its_onset_and_then_alarms(
    wearing_days: list[Signal],
) -> None:
    found = trend(wearing_days)
    warning, alarm = found.view.warning, found.view.alarm
    assert warning is not None
    assert alarm is not None
    assert ONSET < warning.index < ONSET + 25
    assert warning.index < alarm.index
    assert found.state == "alarm"
    assert warning.moved[0].now > warning.moved[0].healthy
    assert alarm.broad_db is not None
    assert alarm.broad_db >= 10
    low, high = found.followed.low, found.followed.high
    assert np.all((low <= found.followed.indicator) & (found.followed.indicator <= high))


def test_a_warning_needs_nothing_of_the_future(wearing_days: list[Signal]) -> None:
    whole = trend(wearing_days, healthy=20)
    assert whole.view.warning is not None
    last = whole.view.warning.index + 1
    part = trend(wearing_days[:last], healthy=20)
    assert part.view.warning is not None
    assert part.view.warning.index == whole.view.warning.index
    assert np.array_equal(part.followed.indicator, whole.followed.indicator[:last])


def test_recordings_may_come_in_any_order(wearing_days: list[Signal]) -> None:
    shuffled = [wearing_days[i] for i in np.random.default_rng(0).permutation(COUNT)]
    first, other = trend(wearing_days), trend(shuffled)
    assert np.array_equal(first.followed.indicator, other.followed.indicator)
    assert first.view.start == START.isoformat()
    assert first.view.times_s[1] == 86400


def test_the_lines_of_a_known_bearing_are_followed() -> None:
    def told(number: int, *families: str) -> Signal:
        made = simulate(
            families, bearing=BEARING, shaft_rpm=1772, sample_rate_hz=8000, seconds=2.0,
            seed=number, snr_db=-5.0,
        ).signal  # fmt: skip
        return made

    days = [told(i) for i in range(12)] + [told(i, "inner") for i in range(12, 40)]
    found = trend(days, healthy=12)
    last = dict(zip(found.snapshots[0].measures, found.followed.smoothed[-1], strict=True))
    lines = {x.part: distance for x, distance in last.items() if x.kind == "line"}
    assert lines["inner"] > 1.0
    assert lines["inner"] > 2 * lines["outer"], lines


def test_too_short_recordings_have_no_lines_and_that_is_said() -> None:
    made = simulate((), bearing=BEARING, shaft_rpm=1772, sample_rate_hz=8000, seconds=0.5, seed=1)
    short = snapshot([in_memory(made.signal)])
    assert {x.kind for x in short.measures} == {"level", "kurtosis"}
    assert any("too short for the lines" in x.en for x in short.warnings)


def dated(file: str, time: datetime | None = None, **more: object) -> Snapshot:
    made = snapshot([in_memory(Signal(np.random.default_rng(0).normal(size=1024), 6400.0))])
    fields = {"file": file, "time": time, "unit": None, **more}
    return Snapshot(measures=made.measures, values=made.values, sample_rate_hz=6400.0, **fields)  # type: ignore[arg-type]


def test_names_give_the_order_where_no_date_is_known_and_that_is_said() -> None:
    line = timeline([dated("run10.csv"), dated("run9.csv")])
    assert [x.file for x in line.snapshots] == ["run9.csv", "run10.csv"]
    assert (line.kind, line.warnings) == ("order", (COUNTED,))


def test_the_counter_of_femto_gives_the_time() -> None:
    line = timeline([dated("acc_00013.csv"), dated("acc_00001.csv")])
    assert (line.kind, line.times_s.tolist()) == ("elapsed", [0.0, 120.0])


def test_an_undated_recording_among_dated_ones_is_left_out() -> None:
    days = [dated(f"{i}.csv", START + timedelta(days=i)) for i in range(8)]
    found = trend_of([*days, dated("x.csv")])
    assert found.left_out == (("x.csv", "It has no date, and the others have."),)
    assert len(found.snapshots) == 8


def test_recordings_that_cannot_be_compared_are_left_out() -> None:
    days = [dated(f"{i}.csv", START + timedelta(days=i)) for i in range(8)]
    later = START + timedelta(days=20)
    other = Snapshot("rate.csv", days[0].measures, days[0].values, 12800.0, later)
    unit = dated("unit.csv", later, unit="g")
    fewer = Snapshot("few.csv", days[0].measures[:3], days[0].values[:3], 6400.0, later)
    reasons = dict(trend_of([*days, other, unit, fewer]).left_out)
    assert "12800 Hz" in reasons["rate.csv"]
    assert "Its unit is g" in reasons["unit.csv"]
    assert "same measures" in reasons["few.csv"]


def test_speeds_that_differ_are_warned_of() -> None:
    days = [
        dated(f"{i}.csv", START + timedelta(days=i), shaft_rpm=1000.0 + 100 * (i > 5))
        for i in range(8)
    ]
    assert any("1000 to 1100 rpm" in x for x in trend_of(days).warnings)
    assert any("1000 至 1100" in x for x in trend_of(days, lang="zh").warnings)


def test_a_healthy_phase_of_minutes_in_a_life_of_days_is_warned_of() -> None:
    burst = [dated(f"{i}.csv", START + timedelta(seconds=10 * i)) for i in range(6)]
    later = [dated(f"{i}.csv", START + timedelta(days=i)) for i in range(6, 18)]
    assert any("span 0.0 % of the time" in x for x in trend_of([*burst, *later]).warnings)
    stated = trend_of([*burst, *later], healthy=6)
    assert not any("% of the time" in x for x in stated.warnings)


def test_too_few_recordings_are_refused() -> None:
    days = [dated(f"{i}.csv", START + timedelta(days=i)) for i in range(8)]
    with pytest.raises(UnusableSignalError, match="5 recordings can be followed"):
        trend_of(days[:5])
    with pytest.raises(UsageError, match="8 healthy recordings of 8"):
        trend_of(days, healthy=8)
    assert any("--healthy" in x for x in trend_of(days).warnings)


def test_a_folder_is_searched_for_recordings_alone(tmp_path: Path) -> None:
    for name in ("2004.02.12.10.32.39", "a.csv", "a.toml", "trend.csv", "trend.png", ".b.csv"):
        (tmp_path / name).write_text("")
    found, said = recordings_of([tmp_path])
    assert {x.name for x in found} == {"2004.02.12.10.32.39", "a.csv"}
    assert said == ()
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(UnreadableFileError, match="holds no recording"):
        recordings_of([tmp_path / "a.csv", empty])


def test_temperatures_of_femto_are_passed_over(tmp_path: Path) -> None:
    for name in ("acc_00002.csv", "acc_00010.csv", "temp_00001.csv"):
        (tmp_path / name).write_text("")
    found, said = recordings_of([tmp_path])
    assert [x.name for x in found] == ["acc_00002.csv", "acc_00010.csv"]
    assert said == (TEMPERATURES,)


def test_all_channels_of_vibration_are_followed_or_the_one_that_is_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = "\n".join(f"{a:.4f},{b:.4f},{20 + 0.1 * a:.2f},1" for a, b in rng.normal(size=(1024, 2)))
    path = tmp_path / "2024-05-31.csv"
    path.write_text(f"DE (g),FE (g),temperature,switch\n{rows}\n")
    assert vibration_channels(path, sample_rate_hz=6400) == ("DE (g)", "FE (g)")
    both = snapshot_file(path, sample_rate_hz=6400)
    assert {x.channel for x in both.measures} == {"DE (g)", "FE (g)"}
    one = snapshot_file(path, channels=("FE",), sample_rate_hz=6400)
    assert {x.channel for x in one.measures} == {""}
    path.with_suffix(".toml").write_text('channel = "FE"\nsample_rate_hz = 6400')
    assert vibration_channels(path) == ("FE (g)",)


def test_a_sidecars_time_beats_the_date_in_the_name(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=1024)
    path = tmp_path / "2024-05-31.csv"
    write_signal(path, Signal(noise, 6400.0, time="2020-01-01T00:00:00"))
    assert snapshot_file(path).time == datetime(2020, 1, 1)


def test_a_trend_is_plain_values_and_a_table(tmp_path: Path, wearing_days: list[Signal]) -> None:
    found = trend(wearing_days)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["warning"]["recording"] == found.view.warning.index + 1  # type: ignore[union-attr]
    assert plain["warning"]["time"].startswith("2024-")
    assert [x["state"] for x in plain["recordings"]][:ONSET] == ["healthy"] * ONSET
    assert plain["recordings"][-1]["state"] == "alarm"
    for name in ("t.csv", "t.json", "t.png"):
        found.save(tmp_path / name)
    rows = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == COUNT + 1
    assert rows[0].startswith("file,time,elapsed_s,indicator,low,high,state,level (dB)")
    with pytest.raises(UsageError, match=r"end it in \.png"):
        found.save(tmp_path / "t.gif")
