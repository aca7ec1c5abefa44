"""A folder of recordings with a plot beside each is none of pictures, and the other way round."""

from pathlib import Path

import pytest
from PIL import Image

from faultlens.core.errors import UnknownNameError
from faultlens.datasets.kinds import holds_pictures
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.datasets.pictures.selection import pictures_where


def fill(folder: Path, pictures: int, recordings: int) -> Path:
    (folder / "crack").mkdir()
    for i in range(pictures):
        Image.new("L", (4, 4), i).save(folder / "crack" / f"{i}.png")
    for i in range(recordings):
        (folder / "crack" / f"{i}.csv").write_text("acc (g)\n0.1\n")
    return folder


@pytest.mark.parametrize(("pictures", "recordings"), [(3, 1), (1, 3), (2, 2), (0, 2), (2, 0)])
def test_what_there_is_more_of_decides(tmp_path: Path, pictures: int, recordings: int) -> None:
    assert holds_pictures(fill(tmp_path, pictures, recordings)) == (pictures > recordings)


def test_a_manifest_decides_whatever_lies_beside_it(tmp_path: Path) -> None:
    fill(tmp_path, 1, 3)
    (tmp_path / "manifest.csv").write_text("image,label\ncrack/0.png,crack\n")
    assert holds_pictures(tmp_path)
    fill_two = tmp_path / "two"
    fill_two.mkdir()
    fill(fill_two, 3, 1)
    (fill_two / "manifest.csv").write_text("file,label,sample_rate_hz\ncrack/0.csv,crack,100\n")
    assert not holds_pictures(fill_two)
    assert not holds_pictures(fill_two, name="folders") and holds_pictures(fill_two, name="mvtec")


def test_real_sets_are_told_apart(shared_data: Path) -> None:
    assert not holds_pictures(shared_data / "bearing")
    assert not holds_pictures(shared_data / "bearingset")
    for name in ("", "magnetic_tile", "neu_det", "casting_pump_impeller"):
        if (shared_data / "images").is_dir():
            assert holds_pictures(shared_data / "images" / name)


def test_pictures_are_chosen_by_what_is_true_of_them(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        fill(tmp_path / split, 2, 0)
    pictures = open_pictures(tmp_path).pictures
    assert len(pictures_where(pictures, {"split": "test", "label": "crack"})) == 2
    with pytest.raises(UnknownNameError, match="Known: test, train"):
        pictures_where(pictures, {"split": "tset"})
    with pytest.raises(UnknownNameError, match="Unknown property of pictures 'load'"):
        pictures_where(pictures, {"load": "3"})
