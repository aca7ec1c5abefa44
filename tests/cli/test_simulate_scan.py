"""`faultlens simulate scan` writes scans that hold what their truth.json says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.cli.simulate_scan import simulate_scan
from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.surface import height_map
from faultlens.surfaces.write import write_surface


def truths(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("kind", ["ply", "xyz", "npz"])
def test_a_dent_lies_where_the_truth_says_and_is_as_deep(tmp_path: Path, kind: str) -> None:
    simulate_scan(
        "dent", depth_mm=0.4, size_mm=(20, 16), roughness_mm=0.0, kind=kind, seed=4, out=tmp_path
    )
    (row,) = truths(tmp_path)
    (dent,) = row["defects"]
    scan = read_surface(tmp_path / str(row["scan"]), unit="mm", spacing_mm=0.2)
    assert np.nanmin(scan.points_mm[:, 2]) - np.nanmax(scan.points_mm[:, 2]) == pytest.approx(
        -0.4, abs=0.004
    )
    if kind in {"ply", "xyz"}:
        deepest = scan.points_mm[np.argmin(scan.points_mm[:, 2])]
        assert np.hypot(*(deepest[:2] - dent["position_mm"][:2])) < 0.3


def test_several_defects_and_scans_each_have_their_truth(tmp_path: Path) -> None:
    simulate_scan("dent, bump", body="cylinder", count=2, spacing_mm=0.5, out=tmp_path, quiet=True)
    rows = truths(tmp_path)
    assert [x["scan"] for x in rows] == ["dent-bump-000000.ply", "dent-bump-000001.ply"]
    for row in rows:
        assert [x["kind"] for x in row["defects"]] == [
            "depression",
            "protrusion",
        ]
        assert row["body"] == "cylinder"


def test_a_defect_goes_into_a_real_scan(tmp_path: Path) -> None:
    write_surface(tmp_path / "plate.ply", height_map(np.full((80, 90), 3.0), 0.25))
    simulate_scan(
        "pit",
        depth_mm=0.2,
        into=tmp_path / "plate.ply",
        unit="mm",
        out=tmp_path / "out",
        quiet=True,
    )
    (row,) = truths(tmp_path / "out")
    scan = read_surface(tmp_path / "out" / str(row["scan"]), unit="mm")
    assert row["body"] is None
    assert scan.points_mm[:, 2].min() == pytest.approx(2.8, abs=0.005)
    assert scan.points_mm[:, 2].max() == pytest.approx(3.0)


def test_what_cannot_be_made_is_refused_before_a_file_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"form of defect 'dint'\. Nearest: dent"):
        simulate_scan("dint", out=tmp_path)
    with pytest.raises(UnknownNameError, match=r"Unknown body 'plate'.*cylinder, free form"):
        simulate_scan("dent", body="plate", out=tmp_path)
    with pytest.raises(UnknownNameError, match="Unknown scan format 'stl'"):
        simulate_scan("dent", kind="stl", out=tmp_path)
    with pytest.raises(UsageError, match="a width that is no larger than the length"):
        simulate_scan("dent", length_mm=2.0, width_mm=3.0, out=tmp_path)
    with pytest.raises(UsageError, match="no room for 9 defects on 60 by 40 mm"):
        simulate_scan(",".join(["dent"] * 9), length_mm=15.0, out=tmp_path)
    assert list(tmp_path.iterdir()) == []
