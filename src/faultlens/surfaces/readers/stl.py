"""STL: the triangles of a mesh, as bytes or as text."""

import io

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.contents import ScanContents, ScanFile, refuse_cut, refuse_points
from faultlens.surfaces.readers.stated_units import unit_in_words

_HEAD_BYTES = 80
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def read_stl(file: ScanFile) -> ScanContents:
    """The triangles of an STL; corners that they share are still apart.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: cut or damaged.
        TooLargeError: more corners than are allowed.

    Source: 3D Systems, StereoLithography Interface Specification, 1989.

    Example:
        >>> corners = "".join(f"vertex {x} {y} 0\\n" for x, y in ((0, 0), (1, 0), (0, 1)))
        >>> text = f"solid a\\nfacet\\nouter loop\\n{corners}endloop\\nendfacet\\nendsolid"
        >>> read_stl(ScanFile(text.encode())).faces.tolist()
        [[0, 1, 2]]
    """
    content = file.content
    count = int.from_bytes(content[_HEAD_BYTES : _HEAD_BYTES + 4], "little")
    exact = len(content) == _HEAD_BYTES + 4 + count * _TRIANGLE.itemsize
    # One that begins with "solid" may be either; bytes of zero stand in no text.
    text = not exact and content[:1024].lstrip()[:5].lower() in (b"solid", b"facet")
    text = text and b"\0" not in content[:1024]
    if text:
        points, title = _from_text(file)
    else:
        refuse_points(3 * count, file.largest_points * 3)
        refuse_cut(len(content) - _HEAD_BYTES - 4, count * _TRIANGLE.itemsize)
        rows = np.frombuffer(content, _TRIANGLE, count, _HEAD_BYTES + 4)
        points = rows["corners"].reshape(-1, 3).astype(np.float64)
        title = content[:_HEAD_BYTES].decode("latin-1")
    faces = np.arange(len(points), dtype=np.int64).reshape(-1, 3)
    return ScanContents(
        points,
        f"STL ({'text' if text else 'binary'}, {len(faces):,} triangles)",
        unit=unit_in_words([title]),
        faces=faces,
    )


def _from_text(file: ScanFile) -> tuple[NDArray[np.float64], str]:
    content = file.content.replace(b"\r", b"\n").lower()
    corners = content.count(b"vertex")
    refuse_points(corners, file.largest_points * 3)
    last = content.rstrip().rpartition(b"\n")[2].lstrip()
    whole = last.startswith(b"endsolid") or not content.lstrip().startswith(b"solid")
    if corners % 3 or content.count(b"endfacet") * 3 != corners or not whole:
        raise UnreadableFileError(
            f"is cut off: it has {corners:,} corners and {content.count(b'endfacet'):,} ends of "
            "triangles, and should end with 'endsolid'. Copy it again."
        )
    lines = (x for x in io.BytesIO(content) if b"vertex" in x)
    points = np.loadtxt(lines, np.float64, comments=None, usecols=(1, 2, 3), ndmin=2)
    return points, content[: content.find(b"\n")].decode("latin-1")
