"""Scans of a batch get their sizes or their reasons; none tells where it lay on the machine."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.hosting.checking import profile_facts
from faultlens.hosting.desk import Desk
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.shelf import Shelf
from faultlens.hosting.task import PNG, Answer, Limits, Task
from faultlens.hosting.work import work
from faultlens.profiles.profile import Profile
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.surfaces.write import write_surface
from tests.line.detectors.scan_frames import DEPTH_MM, plate

RULES = """format = 1
[[rule]]
name = "deep"
depth_mm = { at_least = 0.2 }
severity = "scrap"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Uploads, and a folder of profiles, as a service would have them."""
    where = tmp_path_factory.mktemp("measuring")
    (where / "profiles").mkdir()
    write_surface(where / "upload-dent.ply", plate(3, dented=True))
    write_surface(where / "upload-sound.npz", plate(4))
    (where / "upload-cut.ply").write_bytes((where / "upload-dent.ply").read_bytes()[:-900])
    (where / "upload-flat.xyz").write_text("0 0 0\n" * 50)
    return where


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Desk]:
    made = Desk(HostPlan(profiles_dir=str(folder / "profiles")))
    model = made.references["measure"]
    scores = tuple(float(x) for x in np.linspace(0, 0.4, 99))
    ScanProfile(
        "plates", model, 0.41, 0.01, 0.01, 99, scores, scores, 4.0, part="lid", defects=("dent",)
    ).save(folder / "profiles" / "plates.profile")
    Profile("pump-7", "builtin/bearing@0", 0.4, 0.5, 0.5, 1, (0.2,), "6205").save(
        folder / "profiles" / "pump-7.profile"
    )
    yield made


def scan(folder: Path, upload: str, name: str = "plate.ply", **options: Any) -> Task:
    return Task("measure", str(folder / upload), name, {"unit": "mm", **options})


def done(desk: Desk, *tasks: Task) -> list[Answer]:
    answers: dict[int, Answer] = {}
    work(desk, tasks, answers.__setitem__)
    return [answers[x] for x in range(len(tasks))]


def told(answer: Answer) -> dict[str, Any]:
    assert answer.problem is None, answer.problem
    table: dict[str, Any] = json.loads(answer.content)
    return table


def test_a_batch_is_answered_one_by_one_with_sizes_or_reasons(desk: Desk, folder: Path) -> None:
    dent, cut, sound = done(
        desk,
        scan(folder, "upload-dent.ply", rules=RULES),
        scan(folder, "upload-cut.ply", name="cut.ply"),
        scan(folder, "upload-sound.npz", name="sound.npz"),
    )
    table = told(dent)
    assert (table["file"], table["verdict"], table["severity"]) == ("plate.ply", "dent", "scrap")
    worst = table["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 1e-3)
    assert (dent.verdict, dent.alarm, dent.model) == ("defect", True, desk.references["measure"])
    assert sum(dent.stage_seconds.values()) > 0
    assert cut.problem is not None
    assert (cut.problem.status, cut.problem.slug) == (422, "unreadable-file")
    assert "cut.ply" in cut.problem.detail and str(folder) not in cut.problem.detail
    assert (told(sound)["verdict"], sound.verdict) == ("no defect", "no defect")


def test_what_no_surface_can_be_made_of_says_so(desk: Desk, folder: Path) -> None:
    (answer,) = done(desk, scan(folder, "upload-flat.xyz", name="flat.xyz"))
    assert answer.problem is not None and answer.problem.status == 422
    assert "flat.xyz" in answer.problem.detail


def test_more_points_than_are_taken_are_refused_by_the_header(desk: Desk, folder: Path) -> None:
    task = scan(folder, "upload-dent.ply")
    small = Task("measure", task.source, task.name, task.options, limits=Limits(points=100))
    (answer,) = done(desk, small)
    assert answer.problem is not None
    assert (answer.problem.status, answer.problem.slug) == (413, "too-large")


def test_the_unit_and_the_least_depth_are_the_client_s(desk: Desk, folder: Path) -> None:
    metres, deep = done(
        desk,
        scan(folder, "upload-dent.ply", unit="m"),
        scan(folder, "upload-dent.ply", least_depth_mm=0.5),
    )
    worst = told(metres)["defects"][0]
    assert worst["depth_mm"] == pytest.approx(1000 * DEPTH_MM, rel=0.05)
    assert told(deep)["verdict"] == "no defect"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rules": "severity = 3"}, "format"),
        ({"unit": "parsec"}, "parsec"),
        ({"profile": "pump-7"}, "a scan needs one that faultlens calibrate made of scans"),
        ({"profile": "lids"}, "Known: plates, pump-7"),
    ],
)
def test_options_that_cannot_be_are_told(
    desk: Desk, folder: Path, options: dict[str, Any], said: str
) -> None:
    (answer,) = done(desk, scan(folder, "upload-dent.ply", **options))
    assert answer.problem is not None and answer.problem.status == 422
    assert said in answer.problem.detail


def test_a_profile_brings_its_sentences_threshold_and_part(desk: Desk, folder: Path) -> None:
    (answer,) = done(desk, scan(folder, "upload-sound.npz", profile="plates"))
    table = told(answer)
    assert (table["profile"], table["part"], table["false_alarm_rate"]) == ("plates", "lid", 0.01)
    assert {x["label"] for x in table["findings"]} == {"dent", "unknown", "no defect"}


def test_what_is_asked_again_is_prepared_once(desk: Desk, folder: Path) -> None:
    task = scan(folder, "upload-sound.npz", defects=["dent"])
    assert desk.measurer(task) is desk.measurer(scan(folder, "upload-dent.ply", defects=["dent"]))
    assert desk.measurer(task) is not desk.measurer(scan(folder, "upload-dent.ply"))


def test_a_golden_scan_beside_it_is_what_a_scan_is_measured_against(
    desk: Desk, folder: Path
) -> None:
    beside = {"golden": (str(folder / "upload-sound.npz"), "sound.npz")}
    (answer,) = done(desk, replace(scan(folder, "upload-dent.ply"), beside=beside))
    table = told(answer)
    assert (table["reference"]["kind"], table["verdict"]) == ("scan", "dent")
    worst = table["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 0.01)


def test_the_picture_of_a_measurement_is_a_png(desk: Desk, folder: Path) -> None:
    plain = scan(folder, "upload-dent.ply")
    (answer,) = done(desk, Task("measure", plain.source, plain.name, plain.options, None, PNG))
    assert answer.problem is None and answer.content.startswith(b"\x89PNG\r\n")


def test_profiles_of_scans_are_told_apart_from_the_others(desk: Desk, folder: Path) -> None:
    facts = profile_facts(str(folder / "profiles" / "plates.profile"))
    assert (facts["of"], facts["samples"], facts["defects"]) == ("scans", 99, ["dent"])
    shelf = Shelf(str(folder / "profiles"))
    assert shelf.of_scans("plates").part == "lid"
    with pytest.raises(Exception, match="is of scans; a recording needs one"):
        shelf.of_recordings("plates")
