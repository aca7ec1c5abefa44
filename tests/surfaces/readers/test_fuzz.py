"""Damaged scans end in a Surface or in an error of ours, soon; a cut one never passes as whole."""

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.surfaces.read import read_surface_bytes
from faultlens.surfaces.readers.lzf import unfold_lzf
from faultlens.surfaces.surface import Surface
from tests.surfaces.readers.scans import SCANS

LONGEST_S = 5.0
"""For one damaged file of a few kB; the usual is a millisecond."""

MARKS = (
    b"", b"ply\nformat ascii 1.0\n", b"ply\nformat binary_big_endian 1.0\nelement vertex 9\n",
    b"# .PCD v0.7\n", b"FIELDS x y z\nPOINTS 3\nDATA ascii\n", b"FIELDS x y z\nDATA binary\n",
    b"FIELDS x y z\nPOINTS 3\nDATA binary_compressed\n", b"solid a\nfacet normal 0 0 1\n",
    b"v 0 0 0\nv 1 0 0\nv 0 1 0\n", b"v 0 0 0\nf 1 1 1\n", b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04",
    b"\x93NUMPY\x01\x00", b"1 2 3\n4 5 6\n7 8 9\n", b"x;y;z\n1,5;2;3\n", b"1,2,3\n",
)  # fmt: skip
"""Beginnings of every format; what follows is noise."""
NUMBERS = "0123456789 .,;-eE\nvf/x#"


def outcome(content: bytes, name: str = "plate 7", **options: object) -> Surface | None:
    """The scan, or None where it was refused in words that name it, within bounded time."""
    started = time.process_time()
    try:
        return read_surface_bytes(content, name, largest_points=100_000, **options)  # type: ignore[arg-type]
    except (InputError, UsageError) as error:
        assert isinstance(error, UsageError) or str(error).startswith(name)
        return None
    finally:
        assert time.process_time() - started < LONGEST_S


@pytest.mark.parametrize("name", [x for x in SCANS if not x.startswith(("csv", "xyz"))])
def test_a_cut_file_is_refused_or_has_all_its_points(name: str) -> None:
    _, make, options = SCANS[name]
    content = make()
    whole = read_surface_bytes(content, "plate 7", **options).points_mm
    refused = 0
    for cut in np.unique(np.linspace(0, len(content) - 1, 60).astype(int)):
        surface = outcome(content[:cut], **options)
        refused += surface is None
        # An OBJ does not say how many there are, nor does a text that ends between two rows.
        if surface is not None and name != "obj":
            assert np.array_equal(surface.points_mm, whole)
    assert refused > (10 if name == "obj" else 40)


@pytest.mark.parametrize("name", ["ply", "pcd", "stl", "tiff", "npz", "x3p", "pcd compressed"])
def test_a_file_cut_in_half_is_called_cut(name: str) -> None:
    file, make, options = SCANS[name]
    content = make()
    with pytest.raises(UnreadableFileError, match=r"is cut off|damaged: its directory"):
        read_surface_bytes(content[: len(content) // 2], file, **options)


@pytest.mark.parametrize("name", ["xyz", "csv", "csv of decimal commas"])
def test_a_text_cut_within_its_last_row_is_refused(name: str) -> None:
    file, make, options = SCANS[name]
    with pytest.raises(UnreadableFileError, match=r"cut off or damaged: at about line \d+ there"):
        read_surface_bytes(make()[:-12], file, **options)


@pytest.mark.parametrize("name", SCANS)
def test_changed_bytes_end_in_a_scan_or_a_clear_error(name: str) -> None:
    _, make, options = SCANS[name]
    content = make()
    places = st.lists(
        st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=8
    )

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(places, st.sampled_from(["anywhere", "start", "end"]))
    def check(changes: list[tuple[int, int]], where: str) -> None:
        damaged = bytearray(content)
        for place, value in changes:
            # Headers stand at the start of most formats, the directory of a zip or TIFF at the end.
            at = {"anywhere": place, "start": place % 200, "end": -1 - place % 200}[where]
            damaged[at % len(damaged)] = value
        surface = outcome(bytes(damaged), **options)
        if surface is not None:
            seen = surface.points_mm[surface.measured]
            assert len(seen) and np.abs(seen).max() < 1e13

    check()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(MARKS),
    st.one_of(st.binary(max_size=300), st.text(NUMBERS, max_size=200).map(str.encode)),
)
def test_random_bytes_behind_every_mark_end_in_words(mark: bytes, noise: bytes) -> None:
    outcome(mark + noise)
    outcome(mark + noise, spacing_mm=0.1)


@given(st.binary(max_size=400), st.integers(0, 3000))
def test_compressed_points_never_unfold_beyond_their_size(packed: bytes, size: int) -> None:
    try:
        assert len(unfold_lzf(packed, size)) == size
    except UnreadableFileError as error:
        assert f"do not unfold to the {size:,} bytes" in str(error)
