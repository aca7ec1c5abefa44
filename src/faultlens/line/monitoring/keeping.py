"""A reference on disk: one npz per channel, numbers only, so that it is safe to open."""

import json
import zipfile
from hashlib import sha256
from pathlib import Path
from re import sub
from typing import Any

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.monitoring.energy import Rows
from faultlens.line.monitoring.reference import Reference, reference_of, widened
from faultlens.line.monitoring.sights import GREYS, Glance

VERSION = 1
"""Of the file; another one is not read, and a new reference is taken."""

LARGEST_BYTES = 256 * 1024 * 1024
"""Of all that a file may hold: 2000 frames with embeddings of 1024 numbers are 8 MB."""


def reference_path(folder: Path, source: str, channel: str) -> Path:
    """File of the reference of a channel: names are words of the user, so a hash tells them apart.

    Args:
        folder: of all references.
        source: name of the source.
        channel: of it.

    Example:
        >>> reference_path(Path("state"), "hall", "../pump").name
        'hall-pump-de45bc11.npz'
    """
    words = sub(r"[^A-Za-z0-9]+", "-", f"{source}-{channel}").strip("-")[:60]
    mark = sha256(json.dumps([source, channel]).encode()).hexdigest()[:8]
    return folder / f"{words or 'source'}-{mark}.npz"


def write_reference(path: Path, reference: Reference) -> None:
    """Write a reference, whole or not at all.

    Args:
        path: of the file.
        reference: it.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.line.monitoring.reference import reference_of
        >>> rows = np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32)
        >>> path, config = Path(tempfile.mkdtemp()) / "a.npz", MonitoringConfig(reference=40)
        >>> write_reference(path, reference_of("m@1", {"rms": rows}, config))
        >>> read_reference(path, config).key
        'm@1'
    """
    names = list(reference.raw)
    told = {
        "version": VERSION,
        "key": reference.key,
        "names": names,
        "wander": dict(reference.wander),
    }
    arrays: dict[str, Any] = {f"rows_{i}": reference.raw[name] for i, name in enumerate(names)}
    arrays["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    if reference.seen is not None:
        seen = reference.seen
        arrays |= {"small": seen.small, "piece": seen.piece, "greys": seen.greys}
    with written_whole(path) as temporary:
        np.savez(temporary, **arrays)


def read_reference(path: Path, config: MonitoringConfig) -> Reference:
    """Read a reference; its levels are learned anew, for the configuration may be another.

    Args:
        path: of the file.
        config: window, false alarms, seed.

    Raises:
        UnreadableFileError: it is damaged, too large, or of another version.

    Example:
        >>> import tempfile
        >>> from faultlens.line.monitoring.reference import reference_of
        >>> rows = np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32)
        >>> path, config = Path(tempfile.mkdtemp()) / "a.npz", MonitoringConfig(reference=40)
        >>> write_reference(path, reference_of("m@1", {"rms": rows}, config))
        >>> read_reference(path, config).key
        'm@1'
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(x.file_size for x in archive.infolist())
        if size > LARGEST_BYTES:
            raise ValueError(f"it holds {size} bytes and at most {LARGEST_BYTES} are read")
        with np.load(path, allow_pickle=False) as file:
            told = json.loads(file["told"].tobytes())
            if told["version"] != VERSION:
                raise ValueError(f"it is of version {told['version']} and not {VERSION}")
            raw = {str(name): _checked(file[f"rows_{i}"]) for i, name in enumerate(told["names"])}
            seen = _seen(file) if "small" in file else None
        if not raw or len({len(x) for x in raw.values()}) != 1:
            raise ValueError("its measures are not of the same frames")
        made = reference_of(str(told["key"]), raw, config, seen)
        wander = {str(name): float(x) for name, x in told["wander"].items()}
        return widened(made, wander) if wander else made
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise UnreadableFileError(
            f"{path.name} is no reference of a source ({error}). Delete it; a new one is taken."
        ) from error


def _checked(rows: Any) -> Rows:
    if rows.dtype != np.float32 or rows.ndim != 2 or len(rows) < 20 or not rows.shape[1]:
        raise ValueError(f"rows of type {rows.dtype} and shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError("rows that are not numbers")
    found: Rows = rows
    return found


def _seen(file: Any) -> Glance:
    small, piece, greys = file["small"], file["piece"], file["greys"]
    for pixels in (small, piece):
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ValueError(f"a picture of type {pixels.dtype} and shape {pixels.shape}")
    if greys.shape != (GREYS,):
        raise ValueError(f"greys of shape {greys.shape}")
    return Glance(small, piece, greys.astype(np.float32))
