"""The one door: units, plausibility, gaps, doubles, what is too little, and real scans."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.surfaces.read import read_surface, read_surface_bytes
from faultlens.surfaces.surface import Surface
from tests.surfaces.readers.scans import pcd, points


def cloud(values: np.ndarray, **options: str) -> Surface:  # type: ignore[type-arg]
    text = "\n".join(" ".join(f"{x!r}" for x in row) for row in values.tolist())
    return read_surface_bytes(text.encode(), "part 7.xyz", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("m", 1e3),
        ("cm", 10),
        ("mm", 1),
        ("um", 1e-3),
        ("µm", 1e-3),
        ("inch", 25.4),
        ("0.5 mm", 0.5),
    ],
)
def test_the_unit_of_the_user_wins(unit: str, factor: float) -> None:
    surface = cloud(points() / factor, unit=unit)
    assert np.abs(surface.points_mm - points()).max() < 1e-9
    assert surface.warnings == ()
    assert surface.unit == unit.replace("µ", "u")


def test_a_unit_that_nobody_states_is_taken_as_mm_and_said_in_both_languages() -> None:
    surface = cloud(points())
    (told,) = surface.warnings
    assert told.en.startswith("The file states no unit; its numbers were taken as mm.")
    assert "--unit" in told.en and "按 mm 解释" in told.zh and "--unit" in told.zh


def test_an_unknown_unit_of_the_user_is_refused_and_one_of_the_file_is_told() -> None:
    with pytest.raises(
        UsageError, match=r"unit 'furlong' is not known; give m, cm, mm, um, nm, inch"
    ):
        cloud(points(), unit="furlong")
    assert "X [V]" not in str(cloud(points()).warnings)


@pytest.mark.parametrize(
    ("scale", "unit", "said"),
    [
        (1e-3, None, "0.00499 mm across when its numbers are taken as mm; it looks like m: give"),
        (
            0.1,
            None,
            "0.499 mm across when its numbers are taken as mm; it looks like m: give",
        ),
        (100, "m", "498,905 mm across when its numbers are taken as m; it looks like mm"),
        (1e5, None, "498,905 mm across when its numbers are taken as mm; it looks like um"),
    ],
)
def test_a_size_that_no_part_has_is_doubted(scale: float, unit: str | None, said: str) -> None:
    surface = cloud(points() * scale, **({} if unit is None else {"unit": unit}))
    (told,) = surface.warnings
    assert said in told.en
    numbers = [x for x in said.split() if x[:1].isdigit()]
    assert all(x in told.zh for x in numbers)


def test_a_microscope_that_states_its_unit_is_not_doubted() -> None:
    assert cloud(points() * 100, unit="um").warnings == ()
    assert cloud(points() * 1e-3, unit="mm").warnings == ()


@pytest.mark.parametrize(("unit", "looks"), [("m", "smaller unit"), ("nm", None)])
def test_heights_steeper_than_a_sensor_sees_are_doubted(unit: str, looks: str | None) -> None:
    text = "\n".join(",".join(f"{x:.1f}" for x in row) for row in np.tile(_rough(), (3, 3)))
    surface = read_surface_bytes(text.encode(), "a.csv", spacing_mm=0.1, unit=unit)
    told = [x.en for x in surface.warnings]
    assert (looks is None and told == []) or (looks is not None and looks in told[0])


def test_heights_flatter_than_a_part_are_doubted() -> None:
    text = "\n".join(",".join(f"{x * 1e-6:.9f}" for x in row) for row in np.tile(_rough(), (3, 3)))
    surface = read_surface_bytes(text.encode(), "a.csv", spacing_mm=50, unit="um")
    assert "flatter than a part can be; they look like a larger unit" in surface.warnings[0].en


def _rough() -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(3).normal(size=(6, 8)) * 10


def test_points_without_numbers_and_points_given_twice_are_left_out_and_said() -> None:
    values = np.concatenate([points(), points()[:5], [[np.nan, 1, 2], [1, np.inf, 2]]])
    surface = cloud(values, unit="mm")
    assert np.array_equal(surface.points_mm, points())
    (told,) = surface.warnings
    assert told.en == "5 of 61 points were there more than once and count once."
    assert "61" in told.zh and "5 个重复" in told.zh
    assert surface.history[-1] == "54 of 61 points kept"


def test_zeros_of_a_camera_that_measured_nothing_are_gaps() -> None:
    values = points() + 100
    values[10:20] = 0
    surface = cloud(values, unit="mm")
    assert len(surface.points_mm) == 44
    assert "10 of 54 points lie at exactly 0, 0, 0" in surface.warnings[0].en
    content = bytearray(pcd())
    start = content.index(b"DATA binary\n") + 12
    content[start : start + 12] = content[start + 16 : start + 28] = bytes(12)
    raster = read_surface_bytes(bytes(content), "a.pcd", unit="mm")
    assert raster.grid == (6, 9) and np.isnan(raster.points_mm[:2]).all()
    assert raster.measured.sum() == 52


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.full((9, 3), np.nan), "a text without columns of numbers"),
        (np.ones((1, 3)), r"holds 1 point\(s\) apart from each other"),
        (np.ones((50, 3)), r"holds 1 point\(s\) apart from each other; a surface has three"),
        (points() * 1e20, "mm from the origin, which no scan of a part has"),
    ],
)
def test_too_little_and_too_far_are_refused(values: np.ndarray, said: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(UnreadableFileError, match=rf"^part 7\.xyz .*({said})"):
        cloud(values, unit="mm")


@pytest.mark.parametrize("spacing", [0, -1, float("nan"), (1, 0)])
def test_a_spacing_that_is_none_is_refused(spacing: float) -> None:
    with pytest.raises(UsageError, match=r"The spacing is .*give positive numbers of mm"):
        read_surface_bytes(b"1 2 3\n", "a.xyz", spacing_mm=spacing)


@given(
    st.lists(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 3), min_size=3, max_size=40, unique=True)
)
def test_any_cloud_of_different_points_comes_back_as_it_was(rows: list[tuple[float, ...]]) -> None:
    values = np.array(rows)
    try:
        seen = cloud(values, unit="mm").points_mm
    except InputError:
        assert len(np.unique(values + 0.0, axis=0)) < 3
        return
    assert np.array_equal(
        seen, values[np.sort(np.unique(values + 0.0, axis=0, return_index=True)[1])]
    )


@pytest.mark.parametrize("part", ["1plate_1tube_partA_fig1", "2plate_partA_fig2"])
def test_a_real_weld_in_metres_is_doubted_as_mm_and_right_as_m(
    part: str, shared_data: Path
) -> None:
    folder = shared_data / "images" / "weld_seam_pointclouds" / "pcd_images" / "single_scans"
    path = folder / f"{part}_cropped.pcd"
    assert "it looks like m: give unit='m'" in read_surface(path).warnings[0].en
    surface = read_surface(path, unit="m")
    assert surface.warnings == () and surface.grid is None
    extent = np.ptp(surface.points_mm, axis=0)
    assert 800 < extent[0] < 950 and 370 < extent[1] < 390 and 130 < extent[2] < 150


@pytest.mark.parametrize(
    ("name", "grid", "width_mm", "relief_mm"),
    [
        ("mnt-1_mnt", (600, 960), 1.7774, 0.00222),
        ("opd-1_opd", (480, 640), 0.12571, 0.000129),
        ("plu-1_plu", (576, 768), 1.27322, 0.01002),
        ("sur-2_sur", (484, 563), 1.95801, 0.00148),
        ("tmd-1_tmd", (300, 300), 18.89341, 0.35099),
    ],
)
def test_real_height_maps_have_the_sizes_of_their_data_sheet(
    name: str, grid: tuple[int, int], width_mm: float, relief_mm: float, shared_data: Path
) -> None:
    path = shared_data / "images" / "height_maps_profilometer" / "npz" / f"{name}.npz"
    surface = read_surface(path)
    assert surface.grid == grid and surface.warnings == ()
    low, high = np.nanmin(surface.points_mm, axis=0), np.nanmax(surface.points_mm, axis=0)
    assert (high - low)[0] == pytest.approx(width_mm, rel=1e-4)
    assert (high - low)[2] == pytest.approx(relief_mm, rel=0.01)


def test_the_real_land_of_a_bullet_is_metres(shared_data: Path) -> None:
    surface = read_surface(shared_data / "images" / "x3p_metal_land" / "sample-land.npz")
    assert surface.grid == (256, 918) and surface.unit == "m" and surface.warnings == ()
    assert surface.points_mm[1, 0] == pytest.approx(2.58e-3)
    assert np.isnan(surface.points_mm[:, 2]).mean() == pytest.approx(0.1076, abs=1e-3)
