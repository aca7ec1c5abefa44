"""What is asked of a TIFF before a decoder opens it: some take memory by opening alone."""

import struct

from faultlens.core.errors import UnreadableFileError

MOST_PARTS = 200_000
"""A height map of 20 million points in strips of one row has 10,000."""
_PARTS = (273, 279, 324, 325)
"""Tags of the places and sizes of strips and of tiles."""
_MOST_TAGS = 4096
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 17: 8}
"""Bytes of a value by its type. TIFF 6.0, section 2; BigTIFF."""


def tiff_directory(content: bytes) -> int:
    """Where the first directory of a TIFF stands; one that is cut or hostile is refused.

    Args:
        content: the file.

    Returns:
        Byte at which it begins.

    Raises:
        UnreadableFileError: cut before it, or in more parts than any height map has.

    Example:
        >>> tiff_directory(b"II*\\0" + (9999).to_bytes(4, "little"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off: its directory should stand at ...
    """
    order = "<" if content[:2] == b"II" else ">"
    big = struct.unpack_from(f"{order}H", content, 2)[0] == 43
    entry = struct.Struct(f"{order}HHQ8s" if big else f"{order}HHI4s")
    number = struct.Struct(f"{order}Q" if big else f"{order}H")
    head = 16 if big else 8
    place = (
        struct.unpack_from(f"{order}{'8xQ' if big else '4xI'}", content)[0]
        if len(content) >= head
        else 0
    )
    if not head <= place <= len(content) - number.size:
        raise UnreadableFileError(
            f"is cut off: its directory should stand at byte {place:,} of {len(content):,}. "
            "Copy it again."
        )
    (tags,) = number.unpack_from(content, place)
    start = place + number.size
    rows = content[start : start + min(tags, _MOST_TAGS) * entry.size]
    for tag, kind, values, where in entry.iter_unpack(rows[: len(rows) // entry.size * entry.size]):
        if tag not in _PARTS:
            continue
        if values > MOST_PARTS:
            raise UnreadableFileError(
                f"stands in {values:,} strips or tiles; up to {MOST_PARTS:,} are read. Save it "
                "again, in strips of several rows."
            )
        _refuse_far(content, order, kind, values, where)
    return int(place)


def _refuse_far(content: bytes, order: str, kind: int, values: int, where: bytes) -> None:
    if values * _LENGTHS.get(kind, 1) <= len(where):
        return
    place = struct.unpack(f"{order}{'Q' if len(where) == 8 else 'I'}", where)[0]
    if place + values * _LENGTHS.get(kind, 1) > len(content):
        raise UnreadableFileError(
            "is cut off: the list of its strips should stand behind its end. Copy it again."
        )
