"""A scan finds its place on a CAD mesh or golden scan, however turned, or is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from faultlens.core.errors import UnusableSurfaceError
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.registration.register import register
from faultlens.surfaces.surface import Surface

BOXES = (((0, 0, 0), (80, 50, 5)), ((10, 10, 5), (25, 30, 8)), ((50, 5, 5), (75, 20, 6.5)))
FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
     [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
)  # fmt: skip


def part() -> Surface:
    """A plate of 80 by 50 by 5 mm with two bosses, as a closed mesh of three boxes."""
    corners = [
        [(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]]
        for low, high in BOXES for i in (0, 1) for j in (0, 1) for k in (0, 1)
    ]  # fmt: skip
    faces = np.concatenate([FACES + 8 * x for x in range(len(BOXES))])
    return Surface(np.array(corners, np.float64), faces=faces)


def scanned(
    motion: Rotation, *, depth: float = 0.3, outliers: float = 0.0, width: float = 80.0
) -> tuple[Surface, NDArray[np.float64]]:
    """The plate seen from above, with a dent of 6 mm, moved; and what was carved at each point."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, width, 60_000), rng.uniform(0, 50, 60_000)
    z = np.full(len(x), 5.0)
    for (x0, y0, _), (x1, y1, top) in BOXES[1:]:
        z[(x > x0) & (x < x1) & (y > y0) & (y < y1)] = top
    off = np.hypot(x - 35, y - 38) / 6
    carved = np.where(off < 1, -depth * (0.5 + 0.5 * np.cos(np.pi * np.minimum(off, 1))), 0)
    points = np.stack([x, y, z + carved + rng.normal(0, 0.01, len(x))], axis=1)
    strewn = rng.choice(len(x), int(outliers * len(x)), replace=False)
    points[strewn] = rng.uniform([-10, -10, -10], [90, 60, 30], (len(strewn), 3))
    carved[strewn] = np.nan
    shift = np.array([3.0, -2.0, 1.0])
    stood = motion.apply([40, 25, 500]) + shift
    viewpoint = (float(stood[0]), float(stood[1]), float(stood[2]))
    return Surface(motion.apply(points) + shift, viewpoint_mm=viewpoint), carved


def turned(deg: float, axis: list[float]) -> Rotation:
    return Rotation.from_rotvec(np.radians(deg) * np.array(axis) / np.linalg.norm(axis))


@pytest.mark.parametrize(
    ("motion", "outliers", "width"),
    [
        (turned(20, [1, 0.4, 0.2]), 0.1, 80.0),
        (turned(60, [0.2, 1, 0.3]), 0.0, 60.0),
        (turned(170, [0, 0.1, 1]), 0.0, 80.0),
    ],
    ids=["tilted, with outliers", "a part of it", "turned round"],
)
def test_a_scan_is_measured_against_a_mesh(motion: Rotation, outliers: float, width: float) -> None:
    scan, carved = scanned(motion, outliers=outliers, width=width)
    found = fit_reference(scan, golden=part())
    told = found.told()
    assert told["kind"] == "scan"
    assert told["turned_deg"] == pytest.approx(np.degrees(motion.magnitude()), abs=0.6)
    off = found.located(scan.points_mm)[:, 2] - carved
    dent = carved < -0.05
    assert abs(np.nanmedian(off[dent])) < 0.003
    assert np.nanmedian(np.abs(off)) < 0.008
    assert np.isfinite(off[dent]).all()
    map_of = deviation_map(scan, found)
    assert np.nanmin(map_of.deviations_mm) == pytest.approx(-0.3, abs=0.04)
    back = found.placed(found.located(scan.points_mm[:500]))
    known = np.isfinite(back).all(axis=1)
    assert known.mean() > 0.8
    np.testing.assert_allclose(back[known], scan.points_mm[:500][known], atol=1e-6)


def test_a_scan_with_ribs_lies_on_itself() -> None:
    """Where it bends within a cell of the raster, straight lines would lie off: 5 um here."""
    x, y = np.meshgrid(np.arange(0, 24, 0.1), np.arange(0, 16, 0.1))
    part = np.stack([x, y, 0.4 * np.sin(2 * np.pi * x / 3) + y**2 / 60], axis=-1).reshape(-1, 3)
    found = fit_reference(Surface(part), "scan", golden=Surface(part))
    off = np.abs(found.located(part)[:, 2])
    assert np.nanquantile(off, 0.99) < 0.001


def test_a_scan_is_measured_against_a_golden_scan() -> None:
    golden, _ = scanned(turned(0, [1, 0, 0]), depth=0.0)
    scan, carved = scanned(turned(20, [1, 0.4, 0.2]))
    found = fit_reference(scan, "scan", golden=golden)
    off = found.located(scan.points_mm)[:, 2] - carved
    assert abs(np.nanmedian(off[carved < -0.05])) < 0.006
    assert np.nanmedian(np.abs(off)) < 0.012


def test_the_same_seed_gives_the_same_motion() -> None:
    scan, _ = scanned(turned(0, [1, 0, 0]))
    golden = Surface(scan.points_mm + 0.01, viewpoint_mm=scan.viewpoint_mm)
    one, other = (register(scan, golden, seed=3).transform for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_another_part_is_refused_with_sizes_and_advice() -> None:
    rng = np.random.default_rng(1)
    x, angle = rng.uniform(-40, 40, 20_000), rng.uniform(-0.8, 0.8, 20_000)
    shaft = Surface(np.stack([x, 30 * np.sin(angle), 30 * np.cos(angle)], axis=1))
    with pytest.raises(UnusableSurfaceError, match=r"Only \d+% of the scan .* reference 'auto'"):
        register(shaft, part())


def test_metres_for_millimetres_are_refused() -> None:
    scan, _ = scanned(turned(0, [1, 0, 0]))
    with pytest.raises(UnusableSurfaceError, match="Check the units of both"):
        register(Surface(scan.points_mm / 1000), part())


def test_a_handful_of_points_is_refused() -> None:
    with pytest.raises(UnusableSurfaceError, match="at least 50"):
        register(Surface(np.random.default_rng(0).random((20, 3))), part())


def test_a_mesh_without_area_is_refused() -> None:
    flat = Surface(np.zeros((3, 3)), faces=np.array([[0, 1, 2]]))
    scan, _ = scanned(turned(0, [1, 0, 0]))
    with pytest.raises(UnusableSurfaceError, match="no area"):
        register(scan, flat)
