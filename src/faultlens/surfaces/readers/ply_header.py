"""The header of a PLY: elements, their properties, and in which bytes they follow."""

from dataclasses import dataclass

from faultlens.core.errors import UnreadableFileError

LARGEST_HEADER_BYTES = 1 << 16
"""A header of a dozen properties has 500 bytes; scanners add pages of comments."""

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8", "int64": "i8",
    "uint64": "u8", "long": "i8", "ulong": "u8",
}  # fmt: skip
"""Name of a type in the header -> NumPy's, without its order of bytes."""
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True)
class Property:
    """One property of an element.

    Args:
        name: such as "x" or "vertex_indices".
        kind: NumPy's type of its values, without order of bytes.
        count: NumPy's type of a list's length; None for a plain property.
    """

    name: str
    kind: str
    count: str | None = None


@dataclass(frozen=True)
class Element:
    """One table of a PLY.

    Args:
        name: such as "vertex" or "face".
        rows: how many it has.
        properties: of each row, in order.
    """

    name: str
    rows: int
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class PlyHeader:
    """The header of a PLY.

    Args:
        order: of bytes, "<" or ">"; "" for text.
        elements: in the order of the file.
        comments: words of who wrote it.
        data_at: byte at which the first element begins.
    """

    order: str
    elements: tuple[Element, ...]
    comments: tuple[str, ...]
    data_at: int


def read_ply_header(content: bytes) -> PlyHeader:
    """The header of a PLY.

    Args:
        content: the file, or its start.

    Raises:
        UnreadableFileError: no end, an unknown type or format, a line that means nothing.

    Source: G. Turk, The PLY Polygon File Format, Stanford, 1994.

    Example:
        >>> header = read_ply_header(
        ...     b"ply\\nformat ascii 1.0\\nelement vertex 1\\nproperty float x\\nend_header\\n7\\n"
        ... )
        >>> header.elements[0].properties[0].name, header.data_at
        ('x', 66)
    """
    end = content.find(b"end_header", 0, LARGEST_HEADER_BYTES)
    if end < 0:
        raise UnreadableFileError(
            "is a PLY whose header does not end (no end_header in its first "
            f"{LARGEST_HEADER_BYTES // 1024} kB); it was cut or damaged. Copy it again."
        )
    order: str | None = None
    elements: list[tuple[str, int, list[Property]]] = []
    comments: list[str] = []
    for line in content[:end].decode("utf-8", errors="replace").splitlines()[1:]:
        words = line.split()
        if not words:
            continue
        if words[0] in ("comment", "obj_info"):
            comments.append(line.split(None, 1)[1] if len(words) > 1 else "")
        elif words[0] == "format" and len(words) >= 2:
            if words[1] not in _ORDERS:
                raise UnreadableFileError(
                    f"is a PLY of the format '{words[1]}'; read are {', '.join(_ORDERS)}."
                )
            order = _ORDERS[words[1]]
        elif words[0] == "element" and len(words) == 3 and words[2].isdecimal():
            elements.append((words[1], int(words[2][:18]), []))
        elif words[0] == "property" and elements:
            elements[-1][2].append(_property(words, line))
        else:
            _refuse_line(line)
    if order is None:
        raise UnreadableFileError("is a PLY without a line 'format'; export it again.")
    return PlyHeader(
        order,
        tuple(Element(name, rows, tuple(columns)) for name, rows, columns in elements),
        tuple(comments),
        _data_at(content, end + len(b"end_header")),
    )


def _property(words: list[str], line: str) -> Property:
    if len(words) == 5 and words[1] == "list" and words[2] in TYPES and words[3] in TYPES:
        if TYPES[words[2]][0] == "f":
            _refuse_line(line)
        return Property(words[4], TYPES[words[3]], TYPES[words[2]])
    if len(words) != 3 or words[1] not in TYPES:
        _refuse_line(line)
    return Property(words[2], TYPES[words[1]])


def _refuse_line(line: str) -> None:
    raise UnreadableFileError(
        f"is a PLY whose header holds the line '{line[:80]}', which means nothing in the format; "
        "export it again."
    )


def _data_at(content: bytes, at: int) -> int:
    # Exactly one line ends here: what follows may be a number that looks like another.
    if content[at : at + 2] == b"\r\n":
        return at + 2
    line = content.find(b"\n", at, at + 80)
    if content[at : at + 1] in (b"\n", b"\r"):
        return at + 1
    return len(content) if line < 0 else line + 1
