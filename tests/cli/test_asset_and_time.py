"""Every result names asset and time, so that it can be searched and joined by them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, TiffImagePlugin
from PIL import Image as PillowImage

from faultlens.images.read import read_image
from faultlens.images.write import write_image
from faultlens.inference.dated import BY_CHANGE
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.write import write_surface
from tests.coloured_model import CRACKED, picture, write_coloured_model

CHANGED_S = 1780000000
CHANGED = "2026-05-28T20:26:40+00:00"


def taken(path: Path, notes: dict[int, str]) -> Path:
    """A picture with a camera's notes."""
    exif = PillowImage.Exif()
    exif[ExifTags.Base.Make] = "camera"  # Pillow writes no notes without one of the first kind
    exif.get_ifd(ExifTags.IFD.Exif).update(notes)
    pixels = picture(3, spots=((CRACKED, 40, 80, 24, 64),)).pixels
    path.parent.mkdir(exist_ok=True)
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[ExifTags.IFD.Exif] = notes
    given = {"tiffinfo": directory} if path.suffix == ".tif" else {"exif": exif}
    PillowImage.fromarray(pixels).save(path, **given)
    return path


def told(said: Any) -> dict[str, Any]:
    assert said.code == 0, said.err
    result: dict[str, Any] = json.loads(said.out)
    return result


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_the_time_of_the_camera_is_read(tmp_path: Path, suffix: str) -> None:
    notes = {0x9003: "2026:05:31 10:20:30", 0x9011: "+02:00"}
    image = read_image(taken(tmp_path / f"a{suffix}", notes))
    assert image.time == "2026-05-31T10:20:30+02:00"
    assert image.derived(image.pixels[:50], "cut").time == image.time


@pytest.mark.parametrize(
    ("notes", "time"),
    [
        ({0x9003: "2026:05:31 10:20:30"}, "2026-05-31T10:20:30"),
        ({0x9003: "2026:05:31 10:20:30", 0x9011: "   :  "}, "2026-05-31T10:20:30"),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9011: "+02:00"}, None),
        ({}, None),
    ],
)
def test_a_camera_may_note_less(tmp_path: Path, notes: dict[int, str], time: str | None) -> None:
    assert read_image(taken(tmp_path / "a.png", notes)).time == time


def test_pictures_scans_and_recordings_bear_the_asset_and_are_joined_by_it(
    run: Any, record: Any, tmp_path: Path
) -> None:
    model = write_coloured_model(tmp_path / "model").folder
    noted = taken(tmp_path / "in" / "noted.png", {0x9003: "2026:05:28 22:00:00", 0x9011: "+02:00"})
    plain = write_image(tmp_path / "in" / "plain.png", picture(3).pixels)
    scan = tmp_path / "in" / "lid.ply"
    write_surface(scan, simulate_scan("plane", size_mm=(9.0, 8.0), spacing_mm=0.2, seed=1).surface)
    recorded = record("in/pump.npz", "outer", seconds=1.0)
    for file in (noted, plain, scan, recorded):
        os.utime(file, (CHANGED_S, CHANGED_S))
    asset = ("--asset", "press 3", "--json")
    results = [
        told(run("inspect", noted, "--model", model, *asset)),
        told(run("inspect", plain, "--model", model, *asset)),
        told(run("measure", scan, "--unit", "mm", "--reference", "plane", *asset)),
        told(run("diagnose", recorded, *asset)),
    ]
    assert {x["asset"] for x in results} == {"press 3"}
    assert [x["time"] for x in results] == ["2026-05-28T22:00:00+02:00", CHANGED, CHANGED, CHANGED]
    # What the camera noted goes first; where the file's own change stands in, that is said.
    assert [x["history"].count(BY_CHANGE) for x in results] == [0, 1, 1, 1]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, results)))
    joined = told(run("fuse", tmp_path / "all.jsonl", "--json"))
    assert (joined["asset"], joined["time"]) == ("press 3", CHANGED)


def test_a_sidecar_names_the_asset_before_the_option(run: Any, record: Any, tmp_path: Path) -> None:
    recorded = record("pump.npz", "outer", seconds=1.0, sidecar=False)
    recorded.with_suffix(".toml").write_text('asset = "pump 7"\ntime = "2026-05-31T10:00"\n')
    result = told(run("diagnose", recorded, "--asset", "press 3", "--json"))
    assert (result["asset"], result["time"]) == ("pump 7", "2026-05-31T10:00")
    assert any("asset is pump 7 by the sidecar and press 3" in x for x in result["warnings"])
