"""LZF, in which PCD compresses: unfolded into a buffer of known size, never beyond it."""

from faultlens.core.errors import UnreadableFileError

MOST_UNFOLDED = 88
"""Bytes that one byte may unfold to: three of them say at most 264."""
_LITERALS = 32
"""Control bytes below it begin a run of literal bytes."""


def unfold_lzf(packed: bytes, size: int) -> bytes:
    """The bytes that LZF packed.

    Args:
        packed: as the file has them.
        size: how many they are, unfolded; the file states it.

    Raises:
        UnreadableFileError: they unfold to more or fewer, or refer to what is not there.

    Source: M. Lehmann, LibLZF 3.6, lzf_d.c; PCL, lzf.cpp.

    Example:
        >>> unfold_lzf(bytes([1, 97, 98, 0xE0, 1, 1]), 12)
        b'abababababab'
    """
    if size > MOST_UNFOLDED * len(packed):
        _refuse(size)
    out = bytearray(size)
    at = here = 0
    end = len(packed)
    try:
        while at < end:
            control = packed[at]
            at += 1
            if control < _LITERALS:
                run = control + 1
                if at + run > end or here + run > size:
                    _refuse(size)
                out[here : here + run] = packed[at : at + run]
                at += run
                here += run
                continue
            length = control >> 5
            if length == 7:
                length += packed[at]
                at += 1
            length += 2
            distance = ((control & 0x1F) << 8 | packed[at]) + 1
            at += 1
            start = here - distance
            if start < 0 or here + length > size:
                _refuse(size)
            if distance >= length:
                out[here : here + length] = out[start : start + length]
            else:
                # The copy reads what it writes: a short piece repeated.
                piece = bytes(out[start:here])
                out[here : here + length] = (piece * (length // distance + 1))[:length]
            here += length
    except IndexError:
        _refuse(size)
    if here != size:
        _refuse(size)
    return bytes(out)


def _refuse(size: int) -> None:
    raise UnreadableFileError(
        f"is cut off or damaged: its compressed points do not unfold to the {size:,} bytes that "
        "its header promises. Copy it again."
    )
