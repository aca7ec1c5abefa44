"""The tags of a TIFF, read before a decoder opens it: some take memory by opening alone."""

import struct
from dataclasses import dataclass

from faultlens.core.errors import UnreadableFileError

MOST_PARTS = 200_000
"""Strips, tiles; a height map of 20 million points in strips of one row has 10,000."""
_MOST_TAGS = 4096
_KINDS = {
    1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f",
    12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
"""Type of a tag -> how struct reads one value of it. TIFF 6.0, section 2; BigTIFF."""
_PARTS = (273, 279, 324, 325)
_LONGEST_TEXT = 1 << 20

Value = tuple[float, ...] | str


@dataclass(frozen=True)
class TiffTags:
    """The tags of the first page.

    Args:
        values: number of a tag -> its numbers, or its text.
        pages: whether another page follows.
    """

    values: dict[int, Value]
    pages: bool

    def text(self, tag: int) -> str:
        """The text of a tag; empty where it is absent or holds numbers."""
        value = self.values.get(tag, "")
        return value if isinstance(value, str) else ""

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The numbers of a tag; none where it is absent or holds a text."""
        value = self.values.get(tag, ())
        return () if isinstance(value, str) else value

    def count(self, tag: int, otherwise: int = 0) -> int:
        """The first number of a tag, whole."""
        numbers = self.numbers(tag)
        return int(numbers[0]) if numbers else otherwise


def read_tiff_tags(content: bytes) -> TiffTags:
    """The tags of the first page of a TIFF or BigTIFF.

    Args:
        content: the file.

    Raises:
        UnreadableFileError: cut before its directory or within it, or in more strips than any
            height map has.

    Source: Aldus, TIFF 6.0, 1992; BigTIFF, libtiff.

    Example:
        >>> read_tiff_tags(b"II*\\0" + (9999).to_bytes(4, "little"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off: its directory should stand at ...
    """
    order = "<" if content[:2] == b"II" else ">"
    big = content[2:4] in (b"+\0", b"\0+")
    entry = struct.Struct(f"{order}HHQ8s" if big else f"{order}HHI4s")
    number = struct.Struct(f"{order}Q" if big else f"{order}H")
    offset = struct.Struct(f"{order}Q" if big else f"{order}I")
    head = 16 if big else 8
    place = offset.unpack_from(content, head - offset.size)[0] if len(content) >= head else 0
    if not head <= place <= len(content) - number.size:
        raise UnreadableFileError(
            f"is cut off: its directory should stand at byte {place:,} of {len(content):,}. "
            "Copy it again."
        )
    (tags,) = number.unpack_from(content, place)
    start = place + number.size
    end = start + tags * entry.size
    if tags > _MOST_TAGS or end > len(content):
        raise UnreadableFileError(
            f"is cut off or damaged: its directory of {tags:,} tags does not end. Copy it again."
        )
    values = {
        tag: _value(content, order, (tag, kind, count), where)
        for tag, kind, count, where in entry.iter_unpack(content[start:end])
        if kind in _KINDS
    }
    follows = content[end : end + offset.size].ljust(offset.size, b"\0")
    return TiffTags(values, offset.unpack(follows)[0] != 0)


def _value(content: bytes, order: str, entry: tuple[int, int, int], where: bytes) -> Value:
    tag, kind, count = entry
    form = _KINDS[kind]
    size = struct.calcsize(f"{order}{form}") * count
    if form != "s" and count > MOST_PARTS:
        if tag not in _PARTS:
            return ()
        raise UnreadableFileError(
            f"stands in {count:,} strips or tiles; up to {MOST_PARTS:,} are read. Save it again, "
            "in strips of several rows."
        )
    raw = where[:size]
    if size > len(where):
        (at,) = struct.unpack(f"{order}{'Q' if len(where) == 8 else 'I'}", where)
        raw = content[at : at + min(size, _LONGEST_TEXT if form == "s" else size)]
        if form != "s" and len(raw) < size:
            raise UnreadableFileError(
                f"is cut off: the values of its tag {tag} should stand behind its end. "
                "Copy it again."
            )
    if form == "s":
        return raw.rstrip(b"\0").decode("utf-8", errors="replace")
    numbers = struct.unpack(f"{order}{count * len(form)}{form[0]}", raw)
    if len(form) == 2:
        return tuple(a / b if b else 0.0 for a, b in zip(numbers[::2], numbers[1::2], strict=True))
    return numbers
