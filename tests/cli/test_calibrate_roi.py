"""A profile keeps where on the pictures to look, and inspect looks there by itself."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.images.image import Image
from faultlens.images.stated_roi import KeptRoi, kept_roi
from faultlens.images.write import write_image
from faultlens.profiles.surface_profile import read_surface_profile
from tests.coloured_model import CRACKED, picture, write_coloured_model

BOX = "80,40,120,100"
CORNERS = "80,40;200,40;200,140;80,140"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder


@pytest.fixture
def normal(tmp_path: Path) -> Path:
    """Good parts that lie in a crate with cracks in it, outside of where one looks."""
    for seed in range(6):
        crate = picture(100 + seed, spots=((CRACKED, 0, 0, 20, 60),))
        write_image(tmp_path / "normal" / f"{seed}.png", crate.pixels)
    return tmp_path / "normal"


def calibrated(run: Any, normal: Path, model: Path, out: Path, *more: object) -> Any:
    return run("calibrate", normal, "--out", out, "--model", model, "--false-alarms", 0.2, *more)


def test_a_region_is_kept_and_looked_at_without_being_asked_for(
    run: Any, normal: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tile.profile"
    said = calibrated(run, normal, model, out, "--roi", BOX)
    assert said.code == 0, said.err
    profile = read_surface_profile(out)
    assert profile.roi == KeptRoi(CORNERS)
    # The cracks of the crate were not looked at.
    assert max(profile.scores) < 0.5
    part = write_image(tmp_path / "part.png", picture(9, spots=((CRACKED, 90, 60, 16, 60),)).pixels)

    def told(*more: object) -> dict[str, Any]:
        given = ("--model", model, "--profile", out, "--json", *more)
        result: dict[str, Any] = json.loads(run("inspect", part, *given).out)
        return result

    by_itself = told()
    corners = [[80.0, 40.0], [200.0, 40.0], [200.0, 140.0], [80.0, 140.0]]
    assert by_itself["roi"]["corners"] == corners and by_itself["alarm"]
    assert told("--roi", BOX)["warnings"] == by_itself["warnings"]
    assert not any("region" in x for x in by_itself["warnings"])
    (other,) = (x for x in told("--roi", "0,0,240,160")["warnings"] if "region" in x)
    assert CORNERS in other and "0,0;240,0;240,160;0,160" in other


def test_pictures_that_do_not_hold_the_region_are_left_out_and_told(
    run: Any, normal: Path, model: Path, tmp_path: Path
) -> None:
    write_image(normal / "small.png", picture(1).pixels[:40, :60])
    said = calibrated(run, normal, model, tmp_path / "tile.profile", "--roi", BOX)
    assert said.code == 3 and "small.png" in said.err and "16 x 16 are needed" in said.err
    assert read_surface_profile(tmp_path / "tile.profile").parts == 6
    wrong = run("calibrate", "a.csv", "--out", tmp_path / "b.profile", "--roi", BOX)
    assert wrong.code == 2 and "take no --roi" in wrong.err


def test_a_picture_to_find_the_part_by_is_known_again(tmp_path: Path) -> None:
    grain = np.random.default_rng(0).integers(0, 255, (40, 60)).astype(np.uint8)
    file = write_image(tmp_path / "part.png", grain)
    kept = kept_roi(str(file))
    assert kept.stated == str(file) and kept.opened() is not None
    copied = write_image(tmp_path / "copied.png", grain)
    assert kept.is_like(kept_roi(str(copied))) and not kept.is_like(kept_roi(BOX))
    write_image(file, 255 - grain)
    with pytest.raises(InputError, match="not the picture any more"):
        kept.opened()
    file.unlink()
    with pytest.raises(InputError, match="put it back"):
        kept.opened()
    with pytest.raises(UsageError, match="give its file"):
        kept_roi(Image(grain))


def test_a_profile_from_before_looks_everywhere_and_a_damaged_region_is_told(
    run: Any, normal: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tile.profile"
    assert calibrated(run, normal, model, out, "--quiet").code == 0

    def with_roi(table: dict[str, Any], **roi: object) -> Path:
        changed = {**{k: x for k, x in table.items() if k != "roi"}, **roi}
        with np.load(out) as opened:
            arrays = {name: opened[name] for name in opened.files}
        arrays["profile"] = np.frombuffer(json.dumps(changed).encode(), np.uint8)
        np.savez(tmp_path / "changed.npz", **arrays)
        return tmp_path / "changed.npz"

    assert zipfile.is_zipfile(out)
    with np.load(out) as opened:
        table = json.loads(opened["profile"].tobytes())
    assert read_surface_profile(with_roi(table)).roi == KeptRoi()
    for roi, words in (({"stated": "the lid"}, "is 'the lid'"), ({"box": 1}, "the field 'box'")):
        with pytest.raises(UnreadableFileError, match=words):
            read_surface_profile(with_roi(table, roi=roi))
