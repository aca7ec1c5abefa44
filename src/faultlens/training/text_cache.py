"""What a frozen text model says of sentences: asked once per sentence, kept on disk."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import written_whole

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def remembered_points(
    path: Path, sentences: Sequence[str], *, width: int, encode: Encode
) -> NDArray[np.float32]:
    """Rows of sentences, from the file where they were asked for before.

    A damaged file is made anew; one that cannot be written is done without.

    Args:
        path: npz file of one model in one precision.
        sentences: at least one; the same one twice costs nothing.
        width: of a row.
        encode: asks the model for the rows of sentences that it was not asked for yet.

    Returns:
        (sentence, width) float32.

    Example:
        >>> import tempfile
        >>> def encode(sentences):
        ...     print("asked for", *sentences)
        ...     return np.ones((len(sentences), 2), np.float32)
        >>> path = Path(tempfile.mkdtemp()) / "points.npz"
        >>> _ = remembered_points(path, ["a", "b", "a"], width=2, encode=encode)
        asked for a b
        >>> remembered_points(path, ["b", "c"], width=2, encode=encode).shape
        asked for c
        (2, 2)
    """
    known = _read(path, width)
    keys = {x: hashlib.sha256(x.encode("utf-8", "surrogatepass")).digest() for x in sentences}
    if new := [x for x, key in keys.items() if key not in known]:
        found = encode(new)
        # Another process may have asked meanwhile.
        known = _read(path, width) | known
        known |= {keys[x]: row for x, row in zip(new, found, strict=True)}
        # A cache that cannot be kept costs time, not the run.
        with suppress(OSError):
            _write(path, known)
    return np.stack([known[keys[x]] for x in sentences])


def _read(path: Path, width: int) -> dict[bytes, NDArray[np.float32]]:
    try:
        # Opened here, since numpy leaves a file open whose end is cut off.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            keys, points = file["keys"], file["points"]
    except (OSError, TypeError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}
    fits = keys.dtype == np.uint8 and keys.shape == (len(points), 32)
    if not fits or points.shape != (len(keys), width) or not np.isfinite(points).all():
        return {}
    return {key.tobytes(): row for key, row in zip(keys, points.astype(np.float32), strict=True)}


def _write(path: Path, known: dict[bytes, NDArray[np.float32]]) -> None:
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(len(known), -1)
    with written_whole(path) as temporary:
        np.savez(temporary, keys=keys, points=np.stack(list(known.values())))
