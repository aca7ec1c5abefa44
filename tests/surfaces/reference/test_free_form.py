"""A free form bridges what is a third as wide as the scan, and leaves no waviness."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface, height_map

N, SIDE = 160, 0.375


def carved(defect: str) -> NDArray[np.float64]:
    """A smooth defect of depth 1 that is a third as wide as the scan."""
    v, u = np.indices((N, N)) / (N - 1) * 2 - 1
    off = {
        "none": np.full((N, N), 2.0),
        "dent": np.hypot(u - 0.1, v + 0.2) * 3,
        "groove": np.abs(u + 0.05) * 3,
        "groove across": np.abs(u - v) * 4.5 / np.sqrt(2),
        "at the edge": np.abs(v - 0.67) * 3,
    }[defect]
    return np.where(off < 1, -(0.5 + 0.5 * np.cos(np.pi * np.minimum(off, 1))), 0.0)


def form(kind: str) -> NDArray[np.float64]:
    v, u = np.indices((N, N)) / (N - 1) * 2 - 1
    return {
        "flat": np.zeros((N, N)),
        "skin": 2 * u**2 + v**3 - 0.5 * u**4 + 0.3 * u * v**2,
    }[kind]


def left(
    heights: NDArray[np.float64], depth: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the reference has wrong: deviation found less the one carved along the normal."""
    scan = height_map(heights + depth + noise, SIDE)
    found = fit_reference(scan, "free form").located(scan.points_mm)[:, 2].reshape(N, N)
    along_v, along_u = np.gradient(heights, SIDE)
    return np.asarray(found - (depth + noise) / np.sqrt(1 + along_u**2 + along_v**2), np.float64)


@pytest.mark.parametrize("kind", ["flat", "skin"])
@pytest.mark.parametrize("defect", ["none", "dent", "groove", "groove across"])
@pytest.mark.parametrize("depth", [0.1, 1.0])
def test_it_bridges_a_defect_a_third_as_wide(kind: str, defect: str, depth: float) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, (N, N))
    wrong = left(form(kind), carved(defect) * depth, noise)
    # Less than the roughness anywhere, and a tenth of it in the mean.
    assert np.abs(wrong).max() < 0.01
    assert np.sqrt((wrong**2).mean()) < 0.0015


def test_a_worn_edge_a_third_as_wide_is_bridged_on_a_flat_part() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, (N, N))
    wrong = left(form("flat"), carved("at the edge"), noise)
    assert np.abs(wrong).max() < 0.04
    assert np.sqrt((wrong**2).mean()) < 0.01


def test_waviness_longer_than_half_the_scan_is_form() -> None:
    v, u = np.indices((N, N)) / (N - 1)
    wavy = 0.05 * np.sin(2 * np.pi * u / 0.7 + 1) * np.cos(2 * np.pi * v / 0.9)
    noise = np.random.default_rng(1).normal(0, 0.005, (N, N))
    scan = height_map(wavy + noise, SIDE)
    rest = fit_reference(scan, "free form").located(scan.points_mm)[:, 2].reshape(N, N) - noise
    assert wavy.std() > 0.02
    assert rest.std() < 0.06 * wavy.std()
    assert np.abs(rest).max() < 0.03


def test_a_small_dent_on_a_wavy_form_keeps_its_depth() -> None:
    v, u = np.indices((N, N)) / (N - 1)
    wavy = 0.05 * np.sin(2 * np.pi * u / 0.7 + 1) * np.cos(2 * np.pi * v / 0.9)
    dent = -0.1 * np.exp(-((u - 0.6) ** 2 + (v - 0.4) ** 2) / (2 * 0.04**2))
    scan = height_map(wavy + dent, SIDE)
    found = fit_reference(scan, "free form").located(scan.points_mm)[:, 2].reshape(N, N)
    without = height_map(wavy, SIDE)
    bare = fit_reference(without, "free form").located(without.points_mm)[:, 2].reshape(N, N)
    assert (found - bare).min() == pytest.approx(-0.1, rel=0.05)


def test_points_put_on_the_sheet_come_back_beyond_the_edge_too() -> None:
    scan = height_map(form("skin"), SIDE)
    found = fit_reference(scan, "free form")
    points = np.concatenate([scan.points_mm[::97], [[-2.0, -2.0, 1.0], [63.0, 20.0, 0.0]]])
    np.testing.assert_allclose(found.placed(found.located(points)), points, atol=1e-9)


def test_outliers_do_not_bend_it() -> None:
    rng = np.random.default_rng(2)
    heights = form("skin") + rng.normal(0, 0.01, (N, N))
    truth = height_map(heights, SIDE).points_mm
    points = truth.copy()
    strewn = rng.choice(N * N, N * N // 10, replace=False)
    points[strewn, 2] += rng.uniform(0, 10, len(strewn))
    points[rng.choice(N * N, 3 * N * N // 10, replace=False)] = np.nan
    one = fit_reference(Surface(points), "free form").located(truth)[:, 2]
    other = fit_reference(Surface(truth), "free form").located(truth)[:, 2]
    assert np.abs(one - other).max() < 0.02
