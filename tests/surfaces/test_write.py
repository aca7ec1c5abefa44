"""What is written is read back: points, raster, gaps, colours, triangles and viewpoint."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.surface import Surface, height_map
from faultlens.surfaces.write import write_surface
from tests.surfaces.readers.scans import colours, faces, heights, points


def written(surface: Surface, name: str, folder: Path) -> Surface:
    back = read_surface(write_surface(folder / name, surface))
    assert back.warnings == () and back.unit == "mm"
    assert [x.name for x in folder.iterdir()] == [name]
    return back


@pytest.mark.parametrize("name", ["a.ply", "a.xyz", "a.npz"])
def test_a_cloud_comes_back_without_its_gaps(name: str, tmp_path: Path) -> None:
    gappy = points().copy()
    gappy[[3, 7]] = np.nan
    back = written(Surface(gappy), name, tmp_path)
    assert np.abs(back.points_mm - points()[np.isfinite(gappy[:, 0])]).max() < 1e-5
    assert back.grid is None


@pytest.mark.parametrize("name", ["a.ply", "a.npz"])
def test_colours_and_triangles_come_back(name: str, tmp_path: Path) -> None:
    back = written(Surface(points(), faces=faces(), colours=colours()), name, tmp_path)
    assert back.faces is not None and (back.faces == faces()).all()
    assert back.colours is not None and (back.colours == colours()).all()


def test_triangles_of_a_gap_are_left_out_of_a_ply(tmp_path: Path) -> None:
    gappy = points().copy()
    gappy[0] = np.nan
    back = written(Surface(gappy, faces=faces()), "a.ply", tmp_path)
    kept = faces()[(faces() != 0).all(axis=1)]
    assert back.faces is not None
    assert np.abs(back.points_mm[back.faces] - points()[kept]).max() < 1e-6


@pytest.mark.parametrize("name", ["a.npz", "a.tif"])
def test_a_height_map_keeps_its_raster_and_gaps(name: str, tmp_path: Path) -> None:
    gappy = heights().copy()
    gappy[0, 0] = gappy[2, 5] = np.nan
    made = height_map(gappy, (0.3, 0.7))
    back = written(made, name, tmp_path)
    assert back.grid == (6, 9)
    assert np.isnan(back.points_mm[:, 2]).sum() == 2
    assert np.nanmax(np.abs(back.points_mm - made.points_mm)) < 1e-6


def test_an_npz_keeps_where_a_raster_stands_and_any_other_raster(tmp_path: Path) -> None:
    place = points() + np.array([100, -20, 3])
    moved = Surface(place, (6, 9), colours=colours(), viewpoint_mm=(1, 2, 300))
    back = written(moved, "a.npz", tmp_path)
    assert np.abs(back.points_mm - moved.points_mm).max() < 1e-6
    assert back.grid == (6, 9) and back.viewpoint_mm == (1, 2, 300)
    assert back.colours is not None and (back.colours == colours()).all()
    turned = points() @ np.array([[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]])
    turned[4] = np.nan
    back = written(Surface(turned, (6, 9)), "a.npz", tmp_path)
    assert back.grid == (6, 9) and np.isnan(back.points_mm[4]).all()
    assert np.nanmax(np.abs(back.points_mm - turned)) < 1e-5


@pytest.mark.parametrize("name", ["a.ply", "a.xyz", "a.npz"])
def test_a_microscope_loses_less_than_a_thousandth_of_its_relief(name: str, tmp_path: Path) -> None:
    # 1.3 mm across and 0.13 um high, as an optical profiler measures.
    tiny = points() * [0.3, 0.3, 1e-4]
    back = read_surface(write_surface(tmp_path / name, Surface(tiny)))
    assert np.abs(back.points_mm[:, 2] - tiny[:, 2]).max() < 1e-3 * np.ptp(tiny[:, 2])


@pytest.mark.parametrize("surface", [Surface(points()), Surface(points()[:, [1, 0, 2]], (6, 9))])
def test_a_tif_is_of_an_even_height_map_alone(surface: Surface, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no height map of even spacing"):
        write_surface(tmp_path / "a.tif", surface)
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_lists_those_that_are_written(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownNameError, match=r"scan format to write '\.e57'.*\.npz, \.ply, \.tif, \.xyz"
    ):
        write_surface(tmp_path / "a.e57", Surface(points()))
