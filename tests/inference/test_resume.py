"""What a batch keeps comes back as it was, from whole lines and from this package alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.inference.diagnose_out import DiagnosedRecording
from faultlens.inference.packed import packed, unpacked
from faultlens.inference.resume import JUDGED, WAY, Unfinished, stamp_of
from faultlens.reports.inspection_view import PictureFinding, PictureView, SpottedRegion

MASK = np.eye(3, dtype=bool)
VIEW = PictureView(
    "a.png", np.arange(12, dtype=np.uint8).reshape(3, 4), 4, 3, "crack", "defect", True,
    float(np.float64(0.9)), 0.5,
    (PictureFinding("crack", 0.9, "defect", (SpottedRegion((0.0, 1.0, 2.0, 3.0), 0.9),), MASK),),
)  # fmt: skip


def back(value: object, folder: Path, to: Path | None = None) -> object:
    return unpacked(json.loads(json.dumps(packed(value, folder))), to or folder)


def test_records_with_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    view = back(VIEW, tmp_path)
    assert isinstance(view, PictureView)
    np.testing.assert_array_equal(view.pixels, VIEW.pixels)
    assert view.pixels.dtype == np.uint8 and view.findings[0].mask is not None
    np.testing.assert_array_equal(view.findings[0].mask, MASK)
    assert view.findings[0].regions == VIEW.findings[0].regions
    assert (view.name, view.alarm, view.heat, view.candidates) == ("a.png", True, None, ())
    told = {"裂纹": [1, 2.5, None], "name": "\udcff"}  # a file name need not be text
    assert back(told, tmp_path) == told


def test_paths_move_with_the_folder(tmp_path: Path) -> None:
    paths = (tmp_path / "gallery" / "a.jpg", Path("/elsewhere/b.jpg"))
    moved = back(paths, tmp_path, Path("new"))
    assert moved == (Path("new/gallery/a.jpg"), Path("/elsewhere/b.jpg"))


@pytest.mark.parametrize("kind", ["os:stat_result", "faultlens.core.files:write_text", "os.path:x"])
def test_a_file_makes_nothing_but_records_of_this_package(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no record"):
        unpacked({"$": kind, "in": {}}, tmp_path)
    with pytest.raises(TypeError, match="cannot be kept"):
        packed(object(), tmp_path)


def test_a_line_that_was_cut_is_judged_again(tmp_path: Path) -> None:
    stamps = []
    batch: Unfinished[DiagnosedRecording] = Unfinished(tmp_path, {"--rpm": 1772.0})
    for name in "ab":
        (tmp_path / f"{name}.png").touch()
        stamps.append(stamp_of([tmp_path / f"{name}.png"]))
        # What is kept of a recording, less the recording.
        batch.add(stamps[-1], DiagnosedRecording(name, None))  # type: ignore[arg-type]
    file = tmp_path / WAY / JUDGED
    file.write_bytes(file.read_bytes()[:-20])
    again: Unfinished[DiagnosedRecording] = Unfinished(tmp_path, {"--rpm": 1772}, resume=True)
    first, second = (again.kept(x) for x in stamps)
    assert first is not None and first.name == "a" and second is None
    # A third time finds what the second wrote, and not the half line before it.
    again.add(stamps[1], DiagnosedRecording("b", None))  # type: ignore[arg-type]
    third: Unfinished[DiagnosedRecording] = Unfinished(tmp_path, {"--rpm": 1772}, resume=True)
    assert all(third.kept(x) is not None for x in stamps)
    with pytest.raises(UsageError, match=r"--rpm was 1772 and is 1800\.0"):
        Unfinished(tmp_path, {"--rpm": 1800.0}, resume=True)
