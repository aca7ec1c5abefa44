"""What a file is by its first bytes, whatever its name says."""

from collections.abc import Mapping

HEAD_BYTES = 4096
"""Enough for every magic number, that of HDF5 behind a user block of 512 to 2048 bytes too."""

KINDS: Mapping[str, tuple[str, str]] = {
    "text": ("a text file", ".csv"),
    "matlab5": ("a MATLAB v5 file", ".mat"),
    "matlab73": ("a MATLAB v7.3 file", ".mat"),
    "hdf5": ("an HDF5 file", ".h5"),
    "wav": ("a WAV file", ".wav"),
    "npy": ("a NumPy array", ".npy"),
    "zip": ("a zip archive, such as a NumPy npz or an Excel file", ".npz"),
    "parquet": ("a Parquet file", ".parquet"),
    "tdms": ("a TDMS file", ".tdms"),
    "uff": ("a universal file (UFF)", ".uff"),
    "gzip": ("a gzip archive; unpack it first", ""),
    "excel": ("an old Excel workbook; save it as CSV first", ""),
    "pdf": ("a PDF document", ""),
    "picture": ("a picture, which faultlens inspect takes", ""),
    "scan": ("a scan, which faultlens measure takes", ""),
    "binary": ("unknown binary data", ""),
}
"""Kind -> what to call it, and the suffix under which it is read (empty: not read)."""

_MAGIC = (
    (b"MATLAB 5.0 MAT-file", "matlab5"), (b"MATLAB 7.3 MAT-file", "matlab73"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"\x93NUMPY", "npy"), (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"), (b"PAR1", "parquet"), (b"TDSm", "tdms"), (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "excel"), (b"%PDF-", "pdf"), (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"), (b"II*\x00", "picture"),
    (b"ply\n", "scan"), (b"ply\r", "scan"), (b"# .PCD v", "scan"),
)  # fmt: skip


_IN_TEXTS = bytes(x for x in range(256) if x >= 32) + b"\t\n\r\f\x1a"


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes: a key of `KINDS`.

    Example:
        >>> kind_of(b"PAR1...."), kind_of(b"0.1,0.2"), kind_of(b"RIFF\\x10\\x00\\x00\\x00WAVEfmt ")
        ('parquet', 'text', 'wav')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if any(head[at : at + 8] == b"\x89HDF\r\n\x1a\n" for at in (512, 1024, 2048)):
        return "hdf5"
    if head.lstrip(b" ").startswith((b"-1\r\n", b"-1\n")) and head.startswith(b"  "):
        return "uff"
    return "text" if _is_text(head) else "binary"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    # UTF-16 without a mark: every other byte of plain numbers is zero.
    for phase in (head[0::2], head[1::2]):
        if len(head) >= 4 and not any(phase):
            return True
    return not head.translate(None, delete=_IN_TEXTS)
