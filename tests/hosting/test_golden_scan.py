"""A scan is measured against the golden scan that came with it, and wears its photograph."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from faultlens.core.errors import InputError, TooLargeError
from faultlens.core.hashes import file_sha256
from faultlens.hosting.golden_scan import golden_for
from faultlens.hosting.measuring import scan_of
from faultlens.hosting.naming import as_the_client_says
from faultlens.hosting.task import Limits, Task
from faultlens.hosting.wire import read_task, told_task
from faultlens.profiles.scan_profile import ScanProfile

LID = "0 0 1\n2 0 1\n0 2 1.5\n"
ABOVE = [[1.0, 0, 0, 1.0], [0, -1.0, 0, 1.0], [0, 0, -1.0, 500.0], [0, 0, 0, 1.0]]
CAMERA = {"fx": 1000.0, "fy": 1000.0, "cx": 50.0, "cy": 50.0, "pose": ABOVE}


def task(folder: Path, **options: object) -> Task:
    """A scan with the same as its golden scan, and a red photograph taken from above."""
    lid = folder / "a81f03c2-0001.xyz"
    lid.write_text(LID)
    (folder / "a81f03c2-0000.xyz").write_text(LID)
    photograph = folder / "a81f03c2-0002.png"
    Image.new("RGB", (101, 101), (200, 0, 0)).save(photograph)
    beside = {"golden": (str(lid), "lid.xyz"), "photograph": (str(photograph), "lid.png")}
    source = str(folder / "a81f03c2-0000.xyz")
    return Task("measure", source, "scan.xyz", {"camera": CAMERA, **options}, beside=beside)


def profile_of(golden: Path) -> ScanProfile:
    made = ScanProfile("lid", "m@0", 0.9, 0.5, 0.01, 1, (0.2,), (3.0,), 8.0)
    return replace(made, golden="/not/here.xyz", golden_sha256=file_sha256(golden))


def test_a_golden_scan_is_read_in_its_own_unit(tmp_path: Path) -> None:
    profile, golden = golden_for(None, task(tmp_path, golden_unit="cm", unit="m"))
    assert profile is None and golden is not None
    assert golden.points_mm.max() == pytest.approx(20.0) and golden.name == "lid.xyz"


def test_the_profile_s_own_golden_scan_stands_for_the_path_that_leads_nowhere(
    tmp_path: Path,
) -> None:
    asked = task(tmp_path)
    path, _ = asked.beside["golden"]
    profile, golden = golden_for(profile_of(Path(path)), asked)
    assert golden is None and profile is not None and profile.golden == path
    other = replace(profile_of(Path(path)), golden_sha256="0" * 64)
    assert golden_for(other, asked)[1] is not None


def test_a_golden_scan_has_the_limits_of_every_scan(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match=r"lid\.xyz"):
        golden_for(None, replace(task(tmp_path), limits=Limits(points=2)))


def test_a_scan_wears_the_photograph_that_came_with_it(tmp_path: Path) -> None:
    scan = scan_of(task(tmp_path))
    assert scan.colours is not None and (scan.colours == (200, 0, 0)).all()


def test_a_photograph_that_is_none_is_told_by_its_name(tmp_path: Path) -> None:
    asked = task(tmp_path)
    Path(asked.beside["photograph"][0]).write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"lid\.png"):
        scan_of(asked)


def test_what_lies_beside_reaches_the_worker_and_keeps_its_name(tmp_path: Path) -> None:
    asked = task(tmp_path)
    assert read_task(told_task(asked)) == asked
    said = as_the_client_says(f"{asked.beside['golden'][0]} is empty.", asked)
    assert said == "lid.xyz is empty."
