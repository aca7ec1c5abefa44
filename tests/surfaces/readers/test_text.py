"""Tables of numbers are read however they are laid out: separators, commas, headers, gaps."""

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.surfaces.read import read_surface_bytes
from tests.surfaces.readers.scans import SPACING, colours, heights, points, text_rows


@pytest.mark.parametrize("separator", [" ", "\t", ",", ";", "   ", " , ", "; "])
@pytest.mark.parametrize("header", ["", "x y z\n", "# CloudCompare\n\n", "//X Y Z\n54\n", "54\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_header_and_end_of_line(separator: str, header: str, end: str) -> None:
    content = (header + text_rows(separator)).replace("\n", end).encode()
    seen = read_surface_bytes(content, "a.asc", unit="mm").points_mm
    assert seen.shape == (54, 3) and np.abs(seen - points()).max() < 1e-6


@pytest.mark.parametrize("separator", [" ", "\t", ";", "; "])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_decimal_commas_in_every_encoding_of_windows(separator: str, encoding: str) -> None:
    content = ("X [µm];Y [µm];Z [µm]\n" + text_rows(separator, comma=True)).encode(encoding)
    surface = read_surface_bytes(content, "a.txt", unit="um")
    assert np.abs(surface.points_mm - points() / 1e3).max() < 1e-9
    assert "decimal commas" in surface.history[0]


@pytest.mark.parametrize("name", ["a.xyz", "a.ply", "a.pcd"])
def test_empty_lines_between_rows_are_stepped_over_without_a_word(name: str) -> None:
    rows = text_rows().replace("\n", "\n\n \n")
    head = {
        "a.xyz": "",
        "a.ply": "ply\nformat ascii 1.0\nelement vertex 54\n"
        + "".join(f"property float {x}\n" for x in "xyz")
        + "end_header\n",
        "a.pcd": "FIELDS x y z\nPOINTS 54\nDATA ascii\n# remark\n",
    }[name]
    # A warning of NumPy would be an error here.
    seen = read_surface_bytes((head + rows).encode(), name, unit="mm").points_mm
    assert np.abs(seen - points()).max() < 1e-6


def test_whole_numbers_between_commas_are_three_columns_and_no_fractions() -> None:
    seen = read_surface_bytes(b"1,2,3\n4,5,6\n7,8,10\n", "a.csv", unit="mm").points_mm
    assert seen.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 10]]


def test_a_unit_among_the_names_is_believed_and_the_order_of_names_too() -> None:
    rows = "".join(f"{z},7,{y},{x}\n" for x, y, z in points())
    surface = read_surface_bytes(("Z (cm),gray,Y (cm),X (cm)\n" + rows).encode(), "a.csv")
    assert surface.unit == "cm" and surface.warnings == ()
    assert np.abs(surface.points_mm - points() * 10).max() < 1e-6


@pytest.mark.parametrize("middle", ["", " 0.5"])
def test_colours_are_told_from_normals_and_intensity(middle: str) -> None:
    rows = zip(points(), colours(), strict=True)
    text = "".join(f"{p[0]} {p[1]} {p[2]}{middle} {c[0]} {c[1]} {c[2]}\n" for p, c in rows)
    seen = read_surface_bytes(text.encode(), "a.pts", unit="mm").colours
    assert seen is not None and (seen == colours()).all()
    normals = "".join(f"{x} {y} {z} 0 0 1\n" for x, y, z in points())
    assert read_surface_bytes(normals.encode(), "a.xyz", unit="mm").colours is None


def test_the_header_of_an_instrument_is_stepped_over() -> None:
    header = '"Measured","2026-11-26 10:15"\n"Model","VR-6000"\n"Unit","mm"\n\n"X","Y","Z"\n'
    quoted = "".join(f'"{x}","{y}","{z}"\n' for x, y, z in points())
    seen = read_surface_bytes((header + quoted).encode(), "a.csv", unit="mm").points_mm
    assert np.abs(seen - points()).max() < 1e-9


@pytest.mark.parametrize("word", ["nan", "NaN", "***", "---", "N/A", "null", "No Data", ""])
def test_words_for_no_measurement_leave_the_point_out(word: str) -> None:
    rows = text_rows(";").splitlines()
    rows[7] = ";".join([*rows[7].split(";")[:2], word])
    rows[9] = ";".join(["", *rows[9].split(";")[1:]])
    surface = read_surface_bytes("\n".join(rows).encode(), "a.csv", unit="mm")
    assert np.abs(surface.points_mm - np.delete(points(), [7, 9], axis=0)).max() < 1e-6
    assert "52 of 54 points kept" in surface.history


def wide(separator: str = ",", mark: str | None = None) -> str:
    rows = [[f"{z:.6f}" for z in np.tile(row, 2)] for row in heights()]
    if mark is not None:
        rows[1][2] = rows[4][11] = mark
    return "\n".join(separator.join(row) for row in rows) + "\n"


@pytest.mark.parametrize("mark", ["-9999", "-99999.9999", "3.4e38", "", "nan", "***"])
def test_a_table_of_heights_is_a_raster_and_marks_of_gaps_are_none(mark: str) -> None:
    surface = read_surface_bytes(
        wide(",", mark).encode(), "a.csv", spacing_mm=(SPACING, 0.25), unit="mm"
    )
    assert surface.grid == (6, 18)
    raster = surface.points_mm.reshape(6, 18, 3)
    expected = np.tile(heights(), (1, 2))
    expected[1, 2] = expected[4, 11] = np.nan
    assert np.nanmax(np.abs(raster[..., 2] - expected)) < 1e-6
    assert np.isnan(raster[..., 2]).sum() == 2
    assert raster[5, 17].tolist() == [17 * SPACING, 1.25, pytest.approx(expected[5, 17])]
    told = [x.en for x in surface.warnings]
    assert [x.partition(",")[0] for x in told] == (
        [f"2 of 108 heights are {float(mark):g}"] if mark[-1:].isdigit() else []
    )


def test_a_table_of_heights_needs_its_spacing() -> None:
    with pytest.raises(MissingMetadataError, match=r"table of 6 by 18 numbers.*--spacing-mm"):
        read_surface_bytes(wide().encode(), "a.csv")


def test_positions_above_and_beside_heights_are_the_spacing() -> None:
    rows = [["0", *(f"{n * 0.5 + 10:g}" for n in range(18))]]
    rows += [[f"{n * 0.25 - 3:g}", *row.split(",")] for n, row in enumerate(wide().splitlines())]
    content = "\n".join(",".join(x) for x in rows).encode()
    surface = read_surface_bytes(content, "a.csv", unit="mm")
    assert surface.grid == (6, 18)
    assert surface.points_mm[0].tolist() == [10, -3, heights()[0, 0]]
    assert surface.points_mm[-1].tolist() == [18.5, -1.75, heights()[5, 8]]


def keyence(calibration: str, unit: str) -> str:
    lines = ['"Measured data","a"', '"Model","VK-X3000"', calibration, '"Horizontal","18"']
    rows = ['"' + row.replace(",", '","') + '"' for row in wide().splitlines()]
    return "\n".join([*lines, f'"Unit","{unit}"', "", '"Height"', *rows])


@pytest.mark.parametrize(
    ("calibration", "step_mm"),
    [
        ('"XY Calibration","7.413","um"', 7.413e-3),
        ('"XY Calibration","692.8","nm"', 692.8e-6),
        ('"XY-Justierung","0,5","mm"', 0.5),
    ],
)
def test_the_header_of_a_keyence_table_states_spacing_and_unit(
    calibration: str, step_mm: float
) -> None:
    # Written after programs that read such files; no real one is at hand.
    surface = read_surface_bytes(keyence(calibration, "um").encode(), "a.csv")
    assert surface.grid == (6, 18) and surface.unit == "um" and surface.warnings == ()
    assert surface.points_mm[1, 0] == pytest.approx(step_mm)
    assert surface.points_mm[-1, 2] == pytest.approx(heights()[5, 8] / 1e3)
    given = read_surface_bytes(keyence(calibration, "um").encode(), "a.csv", spacing_mm=3)
    assert given.points_mm[1, 0] == 3


def test_a_column_that_counts_the_points_is_not_x() -> None:
    rows = "".join(f"{n + 1} {x} {y} {z}\n" for n, (x, y, z) in enumerate(points()))
    surface = read_surface_bytes(rows.encode(), "a.txt", unit="mm")
    assert np.abs(surface.points_mm - points()).max() < 1e-9
    assert "The first column counts the points" in surface.warnings[0].en
    # Three columns are x, y and z, whatever x does.
    line = "".join(f"{n} {n * n} 0.5\n" for n in range(20))
    assert read_surface_bytes(line.encode(), "a.txt", unit="mm").points_mm[-1, 0] == 19


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1 2\n3 4\n5 6\n", "without rows of x, y and z"),
        (b"1 2 3\n4 5 6\n7 8 9\n1 2\n3 3 3\n", r"at about line 4 there are not 3 numbers"),
        (b"1 2 3\n4 5 6\n7 8 9\n1 two 3\n", r"cut off or damaged: .*not 3 numbers"),
        (b"Zygo XYZ Data File - Format 2\n0 0 0\n1 1 1\n2 2 2\n", "whose x and y are pixels"),
    ],
)
def test_what_is_no_table_is_refused_by_its_line(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_surface_bytes(content, "a.xyz")
