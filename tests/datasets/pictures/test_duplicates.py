"""Copies that were shifted, brightened or compressed again are found; other pictures are not."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from faultlens.datasets.pictures.duplicates import SIDE, grouped, near_duplicates, thumbnail
from faultlens.datasets.pictures.registry import open_pictures


def texture(seed: int, size: int = 200) -> np.ndarray:
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(size, size)), 3)
    return np.clip(128 + 40 * noise / noise.std(), 0, 255).astype(np.uint8)


def again(values: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_copies_are_found_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    whole = texture(0, 220)
    copies = {
        "a0": whole[:200, :200],
        "a1": again(whole[:200, :200], 30),
        "a2": whole[8:208, 4:204],
        "a3": (whole[:200, :200] * 0.6 + 30).astype(np.uint8),
        **{f"b{i}": texture(i + 1) for i in range(10)},
    }
    for name, values in copies.items():
        Image.fromarray(values).save(tmp_path / "good" / f"{name}.png")
    found = grouped(open_pictures(tmp_path).pictures)
    groups = {x.path.stem: x.group for x in found}
    assert len({groups[f"a{i}"] for i in range(4)}) == 1
    assert len(set(groups.values())) == 11


def test_what_a_whole_set_has_in_common_makes_no_copies() -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    part = 3.0 * ((rows - 24) ** 2 + (columns - 24) ** 2 < 300)
    light = 0.05 * rows
    own = np.stack([part + light + texture(i, SIDE) / 255 for i in range(40)])
    assert len(set(near_duplicates(own).tolist())) == 40


def test_pictures_of_another_shape_are_no_copies() -> None:
    same = np.stack([texture(0, SIDE)] * 2) / 255
    assert near_duplicates(same, [1.0, 1.0]).tolist() == [0, 0]
    assert near_duplicates(same, [1.0, 1.5]).tolist() == [0, 1]


def test_blank_pictures_are_not_alike_by_having_nothing_to_show() -> None:
    assert near_duplicates(np.full((3, SIDE, SIDE), 0.5)).tolist() == [0, 1, 2]


def test_deep_pictures_have_thumbnails_too(tmp_path: Path) -> None:
    values = (texture(0).astype(np.uint16)) * 257
    Image.fromarray(values).save(tmp_path / "a.png")
    Image.fromarray(texture(0)).save(tmp_path / "b.png")
    assert thumbnail(tmp_path / "a.png") == pytest.approx(thumbnail(tmp_path / "b.png"), abs=5e-3)


def test_most_stated_pairs_of_real_tiles_are_found(shared_data: Path) -> None:
    if not (shared_data / "images").is_dir():
        pytest.skip(f"no pictures at {shared_data / 'images'}")
    tiles = open_pictures(shared_data / "images", subset="magnetic_tile").pictures
    stated = np.array([x.group for x in tiles])
    small = np.stack([thumbnail(x.path) for x in tiles])
    groups = near_duplicates(small, [x.height_px / x.width_px for x in tiles])
    same = stated[:, None] == stated
    np.fill_diagonal(same, False)
    assert (groups[:, None] == groups)[same].mean() > 0.94
    assert np.bincount(groups).max() < 20
