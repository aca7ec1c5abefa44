"""Recordings that only serve to fill memory, to block a reader or to read other files."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

_MANY = 10**12


def wav(frames: int, *, channels: int = 1, there: int = 64, bits: int = 16) -> bytes:
    """A WAV file that promises `frames` and holds `there` frames of zeros."""
    width = channels * bits // 8
    size = min(frames * width, 2**32 - 2)
    form = struct.pack("<HHIIHH", 1, channels, 25600, 25600 * width % 2**32, width % 65536, bits)
    data = bytes(there * width)
    return (
        b"RIFF" + struct.pack("<I", min(size + 36, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16)
        + form + b"data" + struct.pack("<I", size) + data
    )  # fmt: skip


def npy(shape: tuple[int, ...], dtype: str = "<f8", content: bytes = b"") -> bytes:
    """A npy file of a stated shape."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": dtype, "fortran_order": False, "shape": shape}
    )
    return stream.getvalue() + content


def pickled_npy() -> bytes:
    """A npy file whose pickle would write a file, were it ever loaded."""
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    return stream.getvalue()


def npz(members: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def crowded_npz(count: int) -> bytes:
    """An archive whose directory names one member very often."""
    one = npz({"x.npy": npy((8,), content=bytes(64))})
    at = one.index(b"PK\1\2")
    end = one.rindex(b"PK\5\6")
    entries = one[at:end] * count
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, len(entries), at, 0)
    return one[:at] + entries + tail


def lying_npz() -> bytes:
    """An archive whose member is far longer than its directory says."""
    content = bytearray(npz({"x.npy": npy((10**6,), content=bytes(8 * 10**6))}))
    at = content.index(b"PK\1\2")
    struct.pack_into("<I", content, at + 24, 500)
    return bytes(content)


def mat5(*elements: bytes) -> bytes:
    """A MATLAB v5 file of these elements."""
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H2s", 0x0100, b"IM")
    return header + b"".join(elements)


def mat5_packed(count: int, *, stated: int | None = None, kind: int = 9) -> bytes:
    """A packed variable of `count` doubles, all zero."""
    shape, name = struct.pack("<IIii", 5, 8, count, 1), struct.pack("<HH4s", 1, 1, b"x")
    values = struct.pack("<II", kind, (8 * count) % 2**32)
    head = struct.pack("<IIII", 6, 8, 6, 0) + shape + name + values
    size = len(head) + 8 * count if stated is None else stated
    packer = zlib.compressobj(1)
    out = packer.compress(struct.pack("<II", 14, size % 2**32) + head)
    block = bytes(1 << 20)
    for at in range(0, 8 * count, len(block)):
        out += packer.compress(block[: min(len(block), 8 * count - at)])
    inner = out + packer.flush()
    return struct.pack("<II", 15, len(inner)) + inner


def mat5_nested(depth: int) -> bytes:
    """A structure in a structure, many times over."""
    inner = struct.pack("<II", 14, 0)
    for _ in range(depth):
        flags, shape = struct.pack("<IIII", 6, 8, 2, 0), struct.pack("<IIii", 5, 8, 1, 1)
        name, width = struct.pack("<HH4s", 1, 1, b"s"), struct.pack("<HHI", 5, 4, 8)
        fields = struct.pack("<II8s", 1, 8, b"f")
        body = flags + shape + name + width + fields + inner
        inner = struct.pack("<II", 14, len(body)) + body
        if len(inner) > 4_000_000:
            break
    return mat5(inner)


def mat5_of_variables(count: int) -> bytes:
    """Very many small variables."""
    out = []
    for number in range(count):
        text = b"v%06d" % number
        flags, shape = struct.pack("<IIII", 6, 8, 6, 0), struct.pack("<IIii", 5, 8, 2, 1)
        name = struct.pack("<II8s", 1, len(text), text)
        body = flags + shape + name + struct.pack("<II2d", 9, 16, 0.0, 1.0)
        out.append(struct.pack("<II", 14, len(body)) + body)
    return mat5(*out)


def hdf5(fill: Callable[[Any], None], **options: Any) -> bytes:
    """An HDF5 file that `fill` wrote."""
    import h5py

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.h5"
        with h5py.File(path, "w", **options) as file:
            fill(file)
        return path.read_bytes()


def hdf5_bomb(file: Any) -> None:
    """One chunk of a plain size whose gzip stream unfolds to 16 GB."""
    import h5py

    data = file.create_dataset("x", shape=(1000,), dtype="f8", chunks=(1000,), compression="gzip")
    packer = zlib.compressobj(9)
    block = bytes(1 << 24)
    packed = b"".join(packer.compress(block) for _ in range(64)) + packer.flush()
    assert isinstance(data, h5py.Dataset)
    data.id.write_direct_chunk((0,), packed)


def hdf5_wide_chunk(file: Any) -> None:
    """A huge chunk of zeros."""
    data = file.create_dataset(
        "x", shape=(200_000_000,), dtype="f8", chunks=(200_000_000,), compression="gzip"
    )
    packed = zlib.compress(bytes(1000))
    data.id.write_direct_chunk((0,), packed)


def hdf5_never_written(file: Any) -> None:
    """A dataset of a petabyte without a byte of data, and its times."""
    file.create_dataset("x", shape=(_MANY,), dtype="f8", chunks=(1000,), fillvalue=1.0)
    file.create_dataset("time", shape=(_MANY,), dtype="f8", chunks=(1000,))


def hdf5_elsewhere(file: Any) -> None:
    """Data that stand in another file, a link to another file, and a view of another file."""
    import h5py

    file.create_dataset("x", shape=(64,), dtype="u1", external=[("/etc/passwd", 0, 64)])
    file["y"] = h5py.ExternalLink("/etc/hostname", "/")
    file["z"] = h5py.SoftLink("/x")
    layout = h5py.VirtualLayout(shape=(64,), dtype="u1")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(64,))
    file.create_virtual_dataset("v", layout)


def hdf5_deep(file: Any) -> None:
    """Groups in groups."""
    group = file
    for _ in range(3000):
        group = group.create_group("g")
    group["x"] = np.arange(64.0)


def hdf5_loop(file: Any) -> None:
    """A group that holds itself."""
    group = file.create_group("a")
    group["b"] = group
    group["x"] = np.sin(np.arange(64.0))


def hdf5_crowd(file: Any) -> None:
    """Very many datasets."""
    for number in range(4000):
        file[f"x{number}"] = np.zeros(2)


def parquet_bomb() -> bytes:
    """Hundred million zeros, of which run lengths and gzip leave a few kilobytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    table = pa.table({"x": np.zeros(100_000_000, dtype=np.float32)})
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def tdms_lie() -> bytes:
    """A TDMS file that states a channel of 2**60 samples."""
    path = b"/'g'/'x'"
    objects = struct.pack("<I", 1) + struct.pack("<I", len(path)) + path
    objects += struct.pack("<IIIQ", 20, 10, 1, 2**60) + struct.pack("<I", 0)
    head = b"TDSm" + struct.pack("<IIQQ", 0b1110, 4713, len(objects) + 64, len(objects))
    return head + objects + bytes(64)


def rows(count: int, cell: bytes = b"0.5") -> bytes:
    """A table of one column."""
    return b"acc (g)\n" + (cell + b"\n") * count


BOMBS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "wav that promises 4 GB": (".wav", lambda: wav(2**31)),
    "wav above the limit": (".wav", lambda: wav(30_000_000, there=30_000_000)),
    "wav at the limit": (".wav", lambda: wav(10_000_000, there=10_000_000)),
    "wav of 65,535 channels": (".wav", lambda: wav(400, channels=32767, there=400)),
    "wav of no channels": (".wav", lambda: wav(100, channels=0)),
    "npy of 8 exabytes": (".npy", lambda: npy((2**60,), content=bytes(1000))),
    "npy of overflowing shape": (".npy", lambda: npy((2**40, 2**40), content=bytes(1000))),
    "npy of no samples": (".npy", lambda: npy((0, 2**62))),
    "npy with a pickle": (".npy", pickled_npy),
    "npy with a header of 60 kB": (".npy", lambda: npy((8,) * 20_000)),
    "npz that unfolds to 2 GB": (
        ".npz", lambda: npz({"x.npy": npy((2 * 10**8,), content=bytes(10**8))})),
    "npz of 20 arrays of 8 million": (
        ".npz", lambda: npz(dict.fromkeys([f"x{i}.npy" for i in range(20)],
                                          npy((8_000_000,), "|i1", bytes(8_000_000))))),
    "npz of 1,300,000 members": (".npz", lambda: crowded_npz(1_300_000)),
    "npz of 9000 members": (".npz", lambda: crowded_npz(9000)),
    "npz that lies about its member": (".npz", lying_npz),
    "npz packed with bzip2": (
        ".npz", lambda: npz({"x.npy": npy((64,), content=bytes(10**8))}, zipfile.ZIP_BZIP2)),
    "npz packed with lzma": (
        ".npz", lambda: npz({"x.npy": npy((64,), content=bytes(10**8))}, zipfile.ZIP_LZMA)),
    "npz with a path that climbs": (
        ".npz", lambda: npz({"../../../etc/cron.d/x.npy": npy((64,), content=bytes(512))})),
    "npz of pickles": (".npz", lambda: npz({"x.npy": pickled_npy()})),
    "xlsx": (".npz", lambda: npz({"xl/workbook.xml": b"<x/>"})),
    "mat that unfolds to 1.6 GB": (".mat", lambda: mat5(mat5_packed(2 * 10**8))),
    "mat that lies about what it unfolds to": (
        ".mat", lambda: mat5(mat5_packed(10**8, stated=1000))),
    "mat of 30 variables of 40 MB": (".mat", lambda: mat5(*[mat5_packed(5 * 10**6)] * 30)),
    "mat of nested structures": (".mat", lambda: mat5_nested(3000)),
    "mat of 200,000 variables": (".mat", lambda: mat5_of_variables(200_000)),
    "mat of an impossible shape": (".mat", lambda: mat5(mat5_packed(2**28, stated=64))),
    "hdf5 whose chunk unfolds to 1 GB": (".h5", lambda: hdf5(hdf5_bomb)),
    "hdf5 of one chunk of 1.6 GB": (".h5", lambda: hdf5(hdf5_wide_chunk)),
    "hdf5 of a petabyte": (".h5", lambda: hdf5(hdf5_never_written)),
    "hdf5 that points to other files": (".h5", lambda: hdf5(hdf5_elsewhere)),
    "hdf5 of 3000 nested groups": (".h5", lambda: hdf5(hdf5_deep)),
    "hdf5 that holds itself": (".h5", lambda: hdf5(hdf5_loop)),
    "hdf5 of 4000 datasets": (".h5", lambda: hdf5(hdf5_crowd)),
    "csv without an end of line": (".csv", lambda: b"1," * 32_000_000),
    "csv of blanks": (".csv", lambda: b" " * 60_000_000),
    "csv of one long word": (".csv", lambda: b"1" * 60_000_000),
    "csv of 2 million columns": (".csv", lambda: (b"1," * 2_000_000 + b"1\n") * 8),
    "csv of 9000 columns": (".csv", lambda: (b"1," * 8999 + b"1\n") * 3000),
    "csv of 30 million rows": (".csv", lambda: rows(30_000_000, b"1")),
    "csv of 9.9 million rows": (".csv", lambda: rows(9_900_000)),
    "csv of quotes": (".csv", lambda: b'"' * 20_000_000),
    "csv with a quote that never ends": (".csv", lambda: b"a,b\n" + b'1,"2\n' * 5_000_000),
    "csv of NUL": (".csv", lambda: bytes(10_000_000)),
    "csv of infinities": (".csv", lambda: rows(100_000, b"1e999")),
    "csv of dates": (".csv", lambda: b"t,a\n" + b"2024-05-01T12:00:00,1\n" * 300_000),
    "csv with a preamble of 40 MB": (".csv", lambda: b"# x = y\n" * 5_000_000 + rows(100)),
    "parquet of 100 million zeros": (".parquet", parquet_bomb),
    "tdms that states 2**60 samples": (".tdms", tdms_lie),
    "uff of 4 million values": (
        ".uff", lambda: b"    -1\n    58\n" + b"x\n" * 11 + b" 0.1e+00" * 4_000_000
        + b"\n    -1\n"),
}  # fmt: skip
"""Name -> suffix and maker. Each ends in a recording or in words, in bounded memory and time."""
