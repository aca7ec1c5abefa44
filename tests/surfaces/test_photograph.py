"""A photograph on a scan: each point gets the colour of its place, and hidden ones get none."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import (
    InputError,
    UnreadableFileError,
    UnusableSurfaceError,
    UsageError,
)
from faultlens.surfaces.photograph import NOT_SEEN, Camera, coloured, located_on, read_camera
from faultlens.surfaces.surface import Surface, height_map

SIZE = (480, 640)


def above(distance_mm: float = 400.0, tilt_deg: float = 0.0) -> np.ndarray:
    """The pose of a camera that looks down on the origin, tilted about x."""
    angle = np.deg2rad(180 + tilt_deg)
    turn = np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    pose = np.eye(4)
    pose[:3, :3] = turn
    pose[:3, 3] = -distance_mm * turn[:, 2]
    return pose


def camera(pose: np.ndarray | None = None, **facts: object) -> Camera:
    """A camera that sees about 250 by 190 mm from 400 mm."""
    given = above() if pose is None else pose
    return Camera(1000.0, 1000.0, 319.5, 239.5, given, **facts)  # type: ignore[arg-type]


def flat(rows: int = 80, columns: int = 100, spacing_mm: float = 1.0, z_mm: float = 0.0) -> Surface:
    """A sheet with its middle at the origin."""
    surface = height_map(np.full((rows, columns), z_mm), spacing_mm)
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2, 0.0]) * spacing_mm
    return surface.changed(surface.points_mm - middle, "moved")


def painted(camera_: Camera) -> np.ndarray:
    """A photograph of the plane z = 0 on which red is x and green is y, in mm plus 128."""
    rows, columns = SIZE
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    rays = np.stack(
        [(x - camera_.cx) / camera_.fx, (y - camera_.cy) / camera_.fy, np.ones_like(x, float)], -1
    )
    rays = rays @ camera_.pose[:3, :3].T
    place = camera_.pose[:3, 3]
    ground = place + rays * (-place[2] / rays[..., 2])[..., None]
    picture = np.zeros((*SIZE, 3), np.uint8)
    picture[..., :2] = np.clip(np.rint(ground[..., :2] + 128), 0, 255)
    return picture


@pytest.mark.parametrize("tilt_deg", [0.0, 35.0, -50.0])
def test_each_point_gets_the_colour_that_is_painted_where_it_lies(tilt_deg: float) -> None:
    eye = camera(above(600.0, tilt_deg))
    surface = flat()
    result = coloured(surface, painted(eye), eye)
    assert result.colours is not None
    error = result.colours[:, :2].astype(float) - 128 - surface.points_mm[:, :2]
    assert np.abs(error).max() < 1.2
    assert result.history[-1] == "coloured by a photograph that shows 100 % of it"
    assert result.warnings == surface.warnings


def test_what_another_part_hides_gets_no_colour() -> None:
    low, high = flat(), flat(20, 20, 1.0, z_mm=60.0)
    both = Surface(np.vstack([low.points_mm, high.points_mm]))
    white = np.full(SIZE, 255, np.uint8)
    result = coloured(both, white, camera())
    assert result.colours is not None
    lit = result.colours[:, 0] == 255
    x, y = low.points_mm[:, 0], low.points_mm[:, 1]
    # The plate 60 mm up spans 9.5 mm to each side, and hides 400 / 340 of it.
    reach = 9.5 * 400 / 340
    hidden = np.maximum(np.abs(x), np.abs(y)) < reach - 1.5
    free = np.maximum(np.abs(x), np.abs(y)) > reach + 1.5
    assert not lit[: len(x)][hidden].any() and lit[: len(x)][free].all()
    assert lit[len(x) :].all()
    assert (result.colours[: len(x)][hidden] == NOT_SEEN).all()


def test_points_that_are_not_seen_keep_the_colour_they_had() -> None:
    wide = flat(80, 600)
    before = np.full((80 * 600, 3), 7, np.uint8)
    result = coloured(replace(wide, colours=before), np.full(SIZE, 250, np.uint8), camera())
    assert result.colours is not None
    beyond = np.abs(wide.points_mm[:, 0]) > 128
    assert (result.colours[beyond] == 7).all() and (result.colours[~beyond] == 250).all()
    assert "43 %" in result.warnings[-1].en and "43 %" in result.warnings[-1].zh


def test_a_scan_that_is_not_in_the_picture_is_refused() -> None:
    behind = camera(above(-400.0))
    with pytest.raises(UnusableSurfaceError, match=r"None of the scan's 8000 points"):
        coloured(flat(), np.zeros(SIZE, np.uint8), behind)


def test_places_of_the_picture_come_back_as_points_of_the_scan() -> None:
    bowl = flat(120, 120, 1.0)
    points = bowl.points_mm.copy()
    points[:, 2] = 0.004 * (points[:, :2] ** 2).sum(axis=1)
    bowl = bowl.changed(points, "bent")
    eye = camera(above(500.0, 20.0))
    chosen = points[[7200, 3000, 9999]] + 0.0
    places, _ = eye.seen(chosen)
    found = located_on(bowl, eye, places, SIZE)
    assert np.abs(found - chosen).max() < 0.05
    nowhere = located_on(bowl, eye, np.array([[2.0, 2.0]]), SIZE)
    assert np.isnan(nowhere).all()


def test_a_length_on_the_picture_becomes_millimetres() -> None:
    eye = camera(above(400.0))
    ends = located_on(flat(), eye, np.array([[270.0, 239.5], [370.0, 239.5]]), SIZE)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(100 * 400 / 1000, abs=0.3)


def test_distortion_bends_as_opencv_does_and_never_folds_back() -> None:
    # cv2.projectPoints of (0.2, 0.1, 1), k1 = -0.3, k2 = 0.1, p1 = 0.001, p2 = -0.002, k3 = 0.
    eye = Camera(1000, 1000, 0, 0, np.eye(4), (-0.3, 0.1, 0.001, -0.002))
    places, _ = eye.seen(np.array([[0.2, 0.1, 1.0], [9.0, 0.0, 1.0]]))
    radial = 1 - 0.3 * 0.05 + 0.1 * 0.05**2
    x = 0.2 * radial + 2 * 0.001 * 0.02 - 0.002 * (0.05 + 2 * 0.04)
    y = 0.1 * radial + 0.001 * (0.05 + 2 * 0.01) - 2 * 0.002 * 0.02
    assert places[0] == pytest.approx([1000 * x, 1000 * y])
    assert np.isnan(places[1]).all() or places[1, 0] > 9000


@pytest.mark.parametrize("key", ["pose", "extrinsic"])
def test_a_camera_is_read_from_json_in_either_direction(tmp_path: Path, key: str) -> None:
    pose = above(0.4, 15.0)
    written = pose if key == "pose" else np.linalg.inv(pose)
    values = {"fx": 1000, "fy": 990, "cx": 320, "cy": 240, key: written.tolist(), "unit": "m"}
    path = tmp_path / "camera.json"
    path.write_text(json.dumps(values))
    read = read_camera(path)
    assert np.allclose(read.pose, above(400.0, 15.0), atol=1e-9)
    assert (read.fx, read.fy) == (1000, 990)
    assert read_camera(read) is read


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pose": None}, "has no pose"),
        ({"pose": [1, 2, 3]}, "4 rows of 4"),
        ({"pose": (2 * np.eye(4)).tolist()}, "no rotation"),
        ({"pose": np.diag([1, 1, -1, 1]).tolist()}, "no rotation"),
        ({"pose": "abc"}, "4 rows of 4"),
        ({"fx": "wide"}, "lacks a number"),
        ({"unit": "furlong"}, "unit 'furlong'"),
    ],
)
def test_a_wrong_camera_says_what_to_give(change: dict[str, object], message: str) -> None:
    values = {"fx": 1000, "fy": 1000, "cx": 320, "cy": 240, "pose": above().tolist()} | change
    with pytest.raises(UsageError, match=message):
        read_camera(values)


def test_a_missing_file_and_a_photograph_of_another_size_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        read_camera(tmp_path / "none.json")
    with pytest.raises(InputError, match="640 x 480 pixels, but the camera was calibrated"):
        coloured(flat(), np.zeros(SIZE, np.uint8), camera(size=(1280, 960)))
    with pytest.raises(InputError, match="shape"):
        coloured(flat(), np.zeros((3, 4, 4), np.uint8), camera())
