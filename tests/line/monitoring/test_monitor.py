"""`Monitor` tells changes, names their cause, and goes on after a restart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.judged import Judged
from faultlens.line.monitoring.monitor import STRANGE_RUN, Monitor
from faultlens.line.monitoring.sensor_faults import RUN
from faultlens.store.records import DriftRecord, EventRecord, decoded, encoded
from tests.line.monitoring.judged_frames import (
    all_told,
    camera,
    judged_frame,
    machine,
    textures,
)

CONFIG = MonitoringConfig(reference=200, window=60)


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return Monitor(CONFIG, "hall", "", tmp_path / "monitoring", media=tmp_path / "media")


def events(told: list[tuple[int, object]]) -> list[tuple[int, EventRecord]]:
    """Events with a cause: drift, or a fault of the sensor."""
    return [(n, x) for n, x in told if isinstance(x, EventRecord) and "cause" in x.facts]


def test_a_machine_in_good_order_is_never_said_to_have_changed(monitor: Monitor) -> None:
    told = all_told(monitor, machine(np.random.default_rng(0), range(3000)))
    assert events(told) == []
    readings = [x for _, x in told if isinstance(x, DriftRecord)]
    assert {x.measure for x in readings} >= {"embedding", "spectrum", "score", "rms", "together"}
    assert not any(x.drifted for x in readings)


def test_a_gain_of_a_tenth_is_told_as_the_sensors(monitor: Monitor, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    all_told(monitor, machine(rng, range(300)))
    told = events(all_told(monitor, machine(rng, range(300, 500), gain=1.1)))
    number, event = told[0]
    assert len(told) == 1 and number < 500
    assert (event.kind, event.facts["cause"]) == ("sensor", "gain")
    assert "sensitivity" in event.en and "灵敏度" in event.zh
    assert (tmp_path / "media" / event.facts["picture"]).read_bytes()[:4] == b"\x89PNG"
    assert decoded(*encoded(event)) == event


def test_another_shape_of_the_spectrum_is_told_as_the_process(monitor: Monitor) -> None:
    rng = np.random.default_rng(2)
    all_told(monitor, machine(rng, range(300)))
    ((_, event),) = events(all_told(monitor, machine(rng, range(300, 500), tilt_db=-1.0)))
    assert (event.kind, event.facts["cause"]) == ("drift", "process")


def test_what_comes_back_is_told_too(monitor: Monitor) -> None:
    rng = np.random.default_rng(3)
    all_told(monitor, machine(rng, range(300)))
    all_told(monitor, machine(rng, range(300, 450), gain=1.2))
    told = all_told(monitor, machine(rng, range(450, 600)))
    assert [x.severity for _, x in told if isinstance(x, EventRecord)] == ["info"]


def test_a_shock_of_a_few_frames_is_no_drift(monitor: Monitor) -> None:
    rng = np.random.default_rng(4)
    all_told(monitor, machine(rng, range(300)))
    told = all_told(monitor, machine(rng, range(300, 303), gain=50.0))
    told += all_told(monitor, machine(rng, range(303, 500)))
    assert events(told) == []


@pytest.mark.parametrize(("change", "cause"), [("gain", "bright"), ("blur", "blur")])
def test_light_and_blur_of_a_camera_are_told_apart(
    monitor: Monitor, tmp_path: Path, change: str, cause: str
) -> None:
    rng = np.random.default_rng(5)
    all_told(monitor, camera(textures(rng, 300)))
    changed = textures(rng, 200, gain=1.1 if change == "gain" else 1.0, blur=change == "blur")
    ((_, event),) = events(all_told(monitor, camera(changed, 300)))
    assert (event.kind, event.facts["cause"]) == ("sensor", cause)
    assert (tmp_path / "media" / event.facts["picture"]).stat().st_size > 10_000


def test_a_reference_outlives_a_restart(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    first = Monitor(CONFIG, "hall", "", tmp_path)
    all_told(first, machine(rng, range(250)))
    first.close()
    second = Monitor(CONFIG, "hall", "", tmp_path)
    assert events(all_told(second, machine(rng, range(250, 450), gain=1.1))) != []


def test_a_damaged_reference_is_said_and_made_anew(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    all_told(Monitor(CONFIG, "hall", "", tmp_path), machine(rng, range(250)))
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(b"nothing")
    told = all_told(Monitor(CONFIG, "hall", "", tmp_path), machine(rng, range(250)))
    said = [x.en for _, x in told if isinstance(x, EventRecord)]
    assert "cannot be read" in said[0] and "200 frames were taken" in said[1]


def test_after_a_reset_the_new_state_is_the_reference(monitor: Monitor, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    all_told(monitor, machine(rng, range(300)))
    monitor.reset_reference()
    told = all_told(monitor, machine(rng, range(300, 700), gain=2.0))
    assert events(told) == []
    assert [x.facts["frames"] for _, x in told if isinstance(x, EventRecord)] == [200]


def test_another_model_begins_a_new_reference(monitor: Monitor) -> None:
    rng = np.random.default_rng(9)
    all_told(monitor, machine(rng, range(250)))
    swapped = [replace(x, model="m@2", score=0.9) for x in machine(rng, range(250, 550))]
    told = [x for _, x in all_told(monitor, iter(swapped)) if isinstance(x, EventRecord)]
    assert ["judged anew" in x.en for x in told] == [True, False]
    assert told[0].facts["frame"] == f"{250 + STRANGE_RUN - 1:06d}"


def test_a_single_frame_of_another_kind_is_passed_over(monitor: Monitor) -> None:
    rng = np.random.default_rng(10)
    all_told(monitor, machine(rng, range(250)))
    odd = [replace(x, spectrum=None) if i % 3 else x
           for i, x in enumerate(machine(rng, range(250, 400)))]  # fmt: skip
    assert not any(isinstance(x, EventRecord) for _, x in all_told(monitor, iter(odd)))


def test_a_dead_accelerometer_is_told_though_nothing_can_be_judged(monitor: Monitor) -> None:
    dead = (
        judged_frame(i, error="It is constant.", quality={"rms": 0.0, "dead": 1.0})
        for i in range(50)
    )
    ((number, event),) = events(all_told(monitor, dead))
    assert (number, event.kind, event.severity) == (RUN - 1, "sensor", "error")
    assert event.facts["cause"] == "dead"


def test_a_frozen_camera_is_told_once_and_is_no_reference(monitor: Monitor) -> None:
    one = next(textures(np.random.default_rng(0), 1))
    told = events(all_told(monitor, camera(iter([one] * 400))))
    assert [x.facts["cause"] for _, x in told] == ["frozen"]


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_measures_that_are_no_numbers_are_passed_over(monitor: Monitor, odd: float) -> None:
    rng = np.random.default_rng(11)

    def frames() -> Iterator[Judged]:
        for i, x in enumerate(machine(rng, range(400))):
            yield replace(x, quality={**x.quality, "rms": odd}) if i % 5 == 0 else x

    told = all_told(monitor, frames())
    assert events(told) == []
    assert any(isinstance(x, DriftRecord) for _, x in told)


def test_a_frame_judged_again_makes_the_same_event(tmp_path: Path) -> None:
    ids = []
    for run in ("one", "two"):
        rng = np.random.default_rng(12)
        watched = Monitor(CONFIG, "hall", "", tmp_path / run)
        all_told(watched, machine(rng, range(300)))
        ids.append(
            [x.id for _, x in events(all_told(watched, machine(rng, range(300, 450), gain=1.3)))]
        )
    assert ids[0] == ids[1] != []


def test_a_full_disk_does_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    watched = Monitor(CONFIG, "hall", "", tmp_path / "file", media=tmp_path / "file")
    rng = np.random.default_rng(13)
    all_told(watched, machine(rng, range(300)))
    ((_, event),) = events(all_told(watched, machine(rng, range(300, 450), gain=1.2)))
    assert "picture" not in event.facts
    watched.close()


def test_a_monitor_that_is_off_says_nothing(tmp_path: Path) -> None:
    watched = Monitor(MonitoringConfig(on=False), "hall", "", tmp_path)
    assert all_told(watched, machine(np.random.default_rng(0), range(30))) == []


def test_a_picture_is_not_kept_alive(monitor: Monitor) -> None:
    import gc
    import weakref

    image = Image(next(textures(np.random.default_rng(0), 1)))
    kept = weakref.ref(image)
    monitor.saw(judged_frame(0, image, quality={"brightness": 0.5}))
    del image
    gc.collect()
    assert kept() is None
