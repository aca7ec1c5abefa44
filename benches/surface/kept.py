"""Answers to pictures on disk, so that a stopped benchmark goes on where it was."""

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.evaluation.surface.judged import ARRAYS, LISTS, JudgedPictures
from faultlens.metrics.pixel_counts import PixelCounts

PARTS = ("clean", "defect", "overlap")


def write_judged(path: str | Path, judged: JudgedPictures) -> None:
    """Keep answers, whole or not at all.

    Args:
        path: an npz file.
        judged: the answers.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> write_judged.__name__
        'write_judged'
    """
    counted = [i for i, x in enumerate(judged.counts) if x is not None]
    kept = [x for x in judged.counts if x is not None]
    words = {x: getattr(judged, x) for x in (*LISTS[:3], "sentences")}
    arrays: dict[str, Any] = {x: getattr(judged, x) for x in ARRAYS}
    if kept:
        arrays |= {x: np.stack([getattr(y, x) for y in kept]) for x in PARTS}
    with written_whole(path) as temporary:
        np.savez_compressed(
            temporary,
            words=np.frombuffer(json.dumps(words).encode(), dtype=np.uint8),
            threshold=np.float64(judged.threshold),
            counted=np.array(counted, dtype=np.intp),
            **arrays,
        )


def read_judged(path: str | Path) -> JudgedPictures:
    """The answers that `write_judged` kept.

    Args:
        path: an npz file.

    Raises:
        UnreadableFileError: there is no such file, or it holds something else.

    Example:
        >>> read_judged("/nowhere.npz")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.npz holds no answers: ...
    """
    try:
        with Path(path).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            stored = json.loads(bytes(file["words"])).items()
            words: dict[str, Any] = {k: tuple(v) for k, v in stored}
            words |= {x: file[x] for x in ARRAYS}
            counts: list[PixelCounts | None] = [None] * len(words["file"])
            if len(file["counted"]):
                parts = [file[x] for x in PARTS]
                for place, *each in zip(file["counted"], *parts, strict=True):
                    counts[int(place)] = PixelCounts(*each)
            return JudgedPictures(**words, threshold=float(file["threshold"]), counts=tuple(counts))
    except (OSError, ValueError, KeyError, TypeError, IndexError, BadZipFile) as error:
        raise UnreadableFileError(f"{path} holds no answers: {error}.") from error
