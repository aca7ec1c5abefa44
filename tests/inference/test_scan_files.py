"""Which names stand for scans, and what lies beside them: photographs, cameras, units."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.cli.scan_options import wanted_scans
from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.inference.scan_files import ScanFiles, are_scans, expand_scans, passed_over
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.write import write_surface

CAMERA = {
    "fx": 100.0, "fy": 100.0, "cx": 15.5, "cy": 15.5,
    "pose": [[1, 0, 0, 5], [0, -1, 0, 5], [0, 0, -1, 100], [0, 0, 0, 1]],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    x, y = np.meshgrid(np.arange(11.0), np.arange(11.0))
    plate = Surface(np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1))
    for name in ("b.ply", "a.ply"):
        write_surface(tmp_path / name, plate)
    (tmp_path / "notes.txt").write_text("1 2 3\n")
    (tmp_path / ".hidden.ply").write_text("")
    return tmp_path


def test_of_a_folder_count_files_that_can_be_nothing_but_scans(folder: Path) -> None:
    assert [x.name for x in expand_scans([folder])] == ["a.ply", "b.ply"]
    assert [x.name for x in expand_scans([folder / "*.ply", folder / "a.ply"])] == [
        "a.ply",
        "b.ply",
    ]
    for name in ("a.ply", "b.ply", ".hidden.ply"):
        (folder / name).unlink()
    # Where there is none, what may be a scan is tried.
    assert [x.name for x in expand_scans([folder])] == ["notes.txt"]


def test_what_may_be_a_scan_beside_scans_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "map.TIF").touch()
    (folder / "a.csv").touch()  # called as a scan: its notes
    left = [folder / "map.TIF", folder / "notes.txt"]
    assert sorted(passed_over([folder])) == left
    assert [x.name for x in wanted_scans([str(folder)])] == ["a.ply", "b.ply"]
    said = capsys.readouterr().err
    assert f"2 files of {folder} that may be scans (.tif, .txt) are left out" in said
    # What is named is no longer passed over; without surer ones nothing is.
    assert len(wanted_scans([str(folder), *map(str, left)])) == 4
    for name in ("a.ply", "b.ply", ".hidden.ply"):
        (folder / name).unlink()
    wanted_scans([str(folder)])
    assert capsys.readouterr().err == ""


def test_a_folder_or_a_glob_without_scans_is_said(tmp_path: Path) -> None:
    for pattern in (str(tmp_path), str(tmp_path / "*.ply"), ""):
        with pytest.raises(UnreadableFileError):
            expand_scans([pattern])
    assert expand_scans([tmp_path / "none.ply"]) == (tmp_path / "none.ply",)


def test_a_folder_is_of_scans_by_its_files(folder: Path) -> None:
    assert are_scans([str(folder)])
    assert are_scans([str(folder / "*.p*")])
    assert not are_scans([str(folder / "notes.txt")])


def test_the_unit_of_the_batch_is_that_of_every_file(folder: Path) -> None:
    assert ScanFiles(unit="cm").read(folder / "a.ply").points_mm.max() == pytest.approx(100.0)


def test_a_photograph_is_found_by_the_name_of_the_scan(folder: Path, tmp_path: Path) -> None:
    beside = tmp_path / "photographs"
    beside.mkdir()
    Pillow.fromarray(np.full((32, 32, 3), (10, 200, 30), np.uint8)).save(beside / "a.png")
    (beside / "a.json").write_text(json.dumps(CAMERA))
    for photograph, camera in ((beside, beside), (beside / "a.png", beside / "a.json")):
        reading = ScanFiles(unit="mm", photograph=photograph, camera=camera)
        colours = reading.read(folder / "a.ply").colours
        assert colours is not None and (colours == (10, 200, 30)).all(axis=1).any()
    with pytest.raises(InputError, match=r"holds no photograph of the name b: b\.bmp"):
        ScanFiles(unit="mm", photograph=beside, camera=beside).read(folder / "b.ply")


def test_a_photograph_needs_its_camera() -> None:
    for given in ({"photograph": "a.png"}, {"camera": "a.json"}):
        with pytest.raises(UsageError, match="go together"):
            ScanFiles(**given)  # type: ignore[arg-type]  # a mixed table
