"""Bombs, lying headers and giants are refused by their header, before they take memory."""

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.surfaces.read import read_surface, read_surface_bytes
from tests.surfaces.readers.scans import SCANS, npz, ply, tiff, x3p, zipped
from tests.timing import quickest

MOST_BYTES = 8_000_000
"""Of memory while a hostile file of a few kB is refused."""


def refused(content: bytes, said: str, name: str = "a.bin", **options: object) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFileError, match=said):
            read_surface_bytes(content, name, **options)  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", SCANS)
def test_more_points_than_allowed_are_refused_by_number(name: str) -> None:
    file, make, options = SCANS[name]
    # Three corners of each of 80 triangles stand in an STL, and 54 points elsewhere.
    with pytest.raises(TooLargeError, match=r"^a\.\w+ holds .*(up to 50|up to 150|'main|than 50)"):
        read_surface_bytes(make(), file, largest_points=50, **options)


def test_a_header_that_promises_more_than_there_is() -> None:
    refused(ply().replace(b"vertex 54", b"vertex 19999999"), "is cut off: its header promises")
    refused(ply().replace(b"vertex 54", b"vertex 99999999999999999"), "up to 20,000,000 are read")
    refused(ply().replace(b"face 80", b"face 8000000"), "is cut off")
    pcd = SCANS["pcd"][1]()
    refused(pcd.replace(b"POINTS 54", b"POINTS 9999999"), "is cut off: its header promises")
    refused(pcd.replace(b"COUNT 1 1 1 1", b"COUNT 1 1 1 4000"), "is cut off")
    refused(pcd.replace(b"COUNT 1 1 1 1", b"COUNT 1 1 1 99999"), "COUNT that no point has")
    refused(pcd.replace(b"SIZE 4 4 4 4", b"SIZE 4 4 4 9"), "type U in 9 bytes")
    refused(pcd.replace(b"SIZE 4 4 4 4", b"SIZE 4 4"), "4 fields, 4 types, 2 sizes")
    stl = bytearray(SCANS["stl"][1]())
    stl[80:84] = struct.pack("<I", 0x7FFFFFFF)
    refused(bytes(stl), "unknown binary data|up to 60,000,000")


def test_a_compressed_cloud_that_would_unfold_to_gigabytes() -> None:
    head = b"FIELDS x y z\nSIZE 8 8 8\nTYPE F F F\nPOINTS 19000000\nDATA binary_compressed\n"
    bomb = head + struct.pack("<II", 299, 19_000_000 * 24) + b"\0\0" + b"\xe0\xff\0" * 99
    refused(bomb, r"is cut off or damaged: .*do not unfold to the 456,000,000 bytes")
    refused(head + struct.pack("<II", 0, 12), "take 456,000,000 bytes and its compressed part")


def test_a_zip_bomb_stops_at_what_its_header_may_hold() -> None:
    bomb = zipped({"height.npy": b"\x93NUMPY\x01\x00" + bytes(12_000_000)})
    refused(bomb, "is damaged or of a kind that is not read")
    with pytest.raises(TooLargeError, match="holds 4,000,000 values in the array"):
        read_surface_bytes(
            npz(height=np.zeros((2000, 2000), np.int8)), "a.npz", largest_points=9999
        )
    many = zipped({f"a{n}.npy": b"" for n in range(1200)}, zipfile.ZIP_STORED)
    refused(many, "archive of more than 1,000 members")


def test_an_x3p_whose_points_unfold_beyond_its_matrix() -> None:
    with zipfile.ZipFile(io.BytesIO(x3p())) as archive:
        main = archive.read("main.xml")
    bomb = zipped({"main.xml": main, "bindata/data.bin": bytes(12_000_000)})
    refused(bomb, r"'bindata/data.bin', which unfolds to more than 4,528 bytes")


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>', "a document type, which no X3P has"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "a document type, which no"),
        (b"<a>" * 4000, "elements in elements without end"),
        (b"<a><b></a>", "cut or damaged: mismatched tag"),
        (b"", "cut or damaged: no element found"),
        (b"<a/>", "holds '', which is no count"),
    ],
)
def test_xml_that_is_a_bomb_or_none(xml: bytes, said: str) -> None:
    refused(zipped({"main.xml": xml}), said, "a.x3p")


def test_a_billion_laughs_of_datums() -> None:
    datums = b"<Datum>0</Datum>" * 60_000
    xml = b"<p><Record3><ListDimension>9</ListDimension><DataList>" + datums
    with pytest.raises(TooLargeError, match="holds more than 10,000 points"):
        read_surface_bytes(zipped({"main.xml": xml + b"</DataList></Record3></p>"}), "a.x3p",
                           largest_points=10_000)  # fmt: skip


LONG = 400_000


@pytest.mark.parametrize(
    "content",
    [
        b"1 2 3\n4 5 6\n7 8 9\n1 2 " + b"*" * LONG + b"a\n",
        b"1;2;3\n4;5;6\n7;8;9\n1;2;" + b"-" * LONG + b"a\n",
        b"1,2,3\n4,5,6\n7,8,9\n1,2," + b" " * LONG + b"a\n",
        b"x" * LONG + b"\n1 2 3\n4 5 6\n7 8 9\n",
        b"unit " * (LONG // 5) + b"\n1 2 3\n4 5 6\n7 8 9\n",
        b"XY Calibration," + b"1" * LONG + b"\n1 2 3\n4 5 6\n7 8 9\n",
        b"\n" * LONG + b"x",
        b'"' * LONG + b"\n1 2 3\n4 5 6\n7 8 9\n",
        ply().replace(b"units: mm", b"x" * 60_000),
        ply().replace(b"units: mm", b"width" + b" " * 60_000 + b"a"),
        npz(height=np.eye(4), dx=1, dy=1, unit="mm" + " " * LONG + "5"),
        npz(height=np.eye(4), dx=1, dy=1, unit=" " * LONG + "5"),
        b"v 1 2 3\n" * 3 + b"f " + b"1 " * LONG + b"\n",
        b"v 1 2 3\n" * 3 + b"f " + b"1" * LONG + b"\n",
        zipped({"main.xml": b"<a><b>" + b"&amp;" * LONG + b"</b></a>"}),
    ],
    ids=range(15),
)
def test_long_runs_made_to_be_searched_for_hours_take_no_second(content: bytes) -> None:
    def read() -> None:
        with contextlib.suppress(UnreadableFileError):
            read_surface_bytes(content, "a.bin")

    assert quickest(read, 2, tries=2, clock=time.process_time) < 2


def test_pickles_are_never_loaded() -> None:
    content = npz(height=np.array([{"a": 1}], dtype=object))
    refused(content, r"holds object in the array 'height.npy', which is not read")
    stream = io.BytesIO()
    np.save(stream, np.array([print], dtype=object), allow_pickle=True)
    refused(stream.getvalue(), "holds object in it, which is not read", "a.npy")


def test_a_tiff_of_a_million_strips_or_of_nowhere() -> None:
    content = bytearray(tiff())
    at = content.index(struct.pack("<HHI", 273, 4, 1))
    content[at + 4 : at + 8] = struct.pack("<I", 900_000)
    refused(bytes(content), "stands in 900,000 strips", spacing_mm=1)
    content[at + 4 : at + 12] = struct.pack("<II", 90, 4_000_000)
    refused(bytes(content), "values of its tag 273 should stand behind its end", spacing_mm=1)
    wide = tiff().replace(
        struct.pack("<HHII", 256, 4, 1, 9), struct.pack("<HHII", 256, 4, 1, 2**31)
    )
    refused(wide, r"points; up to 20,000,000 are read", spacing_mm=1)


def test_a_folder_a_pipe_and_nothing_are_no_scans(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("scans")
    with pytest.raises(UnreadableFileError, match="is a folder, not a scan"):
        read_surface(folder)
    with pytest.raises(UnreadableFileError, match="does not exist; check the name"):
        read_surface(folder / "a.ply")
    with pytest.raises(UnreadableFileError, match="is no regular file but a pipe or a device"):
        read_surface("/dev/zero")
