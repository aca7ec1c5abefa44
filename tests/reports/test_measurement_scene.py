"""Points packed for the viewer: few bytes, and each where it was measured."""

from base64 import b64decode
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from faultlens.reports.measurement_scene import NOTHING, packed_scene
from tests.reports.measured_scans import Cylinder, carved, measured, plate, sheet


def unpacked(scene: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a scene, as the script of the page reads them."""
    raw = b64decode(scene["data"])
    shape = (scene["rows"], scene["columns"])
    count = shape[0] * shape[1]
    steps = np.frombuffer(raw, "<i2", count, 6 * count).reshape(shape)
    arrays = {
        "feet": np.frombuffer(raw, "<i2", 3 * count).reshape(*shape, 3) / 32767 * scene["reach"],
        "deviations": np.where(steps == NOTHING, np.nan, steps / 32767 * scene["largest"]),
        "normals": np.frombuffer(raw, "<i1", 3 * count, 8 * count).reshape(*shape, 3) / 127,
    }
    rest = raw[11 * count :]
    arrays["colours"] = np.frombuffer(rest, np.uint8)
    return arrays


def test_points_come_back_where_they_were_measured() -> None:
    view = plate()
    arrays = unpacked(packed_scene(view, 0.4))
    given = view.deviations.deviations_mm
    assert np.abs(arrays["deviations"] - given).max() < 2e-5
    assert arrays["feet"][0, 0] == pytest.approx([-29.875, -19.875, 0.0], abs=0.001)
    assert arrays["feet"][-1, -1] == pytest.approx([29.875, 19.875, 0.0], abs=0.001)
    assert np.abs(arrays["normals"] - [0, 0, 1]).max() < 0.01
    assert len(arrays["colours"]) == 0


def test_a_cylinder_is_bent_and_its_normals_point_out_of_it() -> None:
    bent, bump = carved(sheet(200, 100, 0.25, reference=Cylinder(20)), 3.0, 4.0, 0.4, 6.0)
    scene = packed_scene(measured(bent, (("bump", bump),)), 0.4)
    arrays = unpacked(scene)
    # Its axis lies 20 mm below the middle of the sheet.
    out = arrays["feet"] + [0, 0, 20]
    out[..., 1] = 0
    assert np.linalg.norm(out, axis=-1) == pytest.approx(20, abs=0.01)
    assert np.abs(arrays["normals"] - out / 20).max() < 0.02
    (mark,) = scene["marks"]
    assert mark["foot"] == pytest.approx([20 * np.sin(0.15), 4.0, 20 * np.cos(0.15) - 20], abs=1e-3)
    assert (mark["number"], mark["deviation"]) == (1, 0.4)


@pytest.mark.parametrize("points", [1000, 20_000])
def test_a_large_scan_is_thinned_to_the_points_wanted(points: int) -> None:
    scene = packed_scene(measured(sheet(700, 500, 0.1)), 0.04, points)
    assert scene["columns"] * scene["rows"] <= points
    assert scene["columns"] * scene["rows"] > points / 4
    assert len(scene["data"]) < 15 * points


def test_holes_stay_holes_and_colours_come_along() -> None:
    flat = sheet(40, 30)
    values = flat.deviations_mm.copy()
    values[5:15, 5:15] = np.nan
    colours = np.zeros((30, 40, 3), np.uint8)
    colours[20, 30] = (1, 2, 3)
    scene = packed_scene(measured(replace(flat, deviations_mm=values, colours=colours)), 0.04)
    arrays = unpacked(scene)
    assert np.isnan(arrays["deviations"][6:14, 6:14]).all()
    assert arrays["colours"].reshape(30, 40, 3)[20, 30].tolist() == [1, 2, 3]
    assert scene["coloured"]
