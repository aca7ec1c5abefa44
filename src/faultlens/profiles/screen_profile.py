"""The profile of a camera: what stands out from its healthy frames, in one file."""

import io
import json
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.runtimes.screen_filters import BLOCK_PX, FILTERS, LEVELS

FORMAT = 1
"""Version of the file; a reader refuses newer ones by name."""

HEADER, USUAL, PATTERN = "screen", "usual", "pattern"
"""Arrays of the file: everything but arrays as JSON; see `ScreenProfile` for the others."""

LARGEST_BYTES = 100_000_000
"""On disk and unpacked; that of 3840 x 2160 pixels has 7 MB."""


@dataclass(frozen=True, eq=False)
class ScreenProfile:
    """What is known of one camera's healthy frames.

    Args:
        name: how the profile is called in results; usually its file name.
        height_px: rows of its frames.
        width_px: columns.
        threshold: score above which a frame alarms, 0 to 1.
        false_alarm_rate: share of healthy frames that will exceed it.
        wanted_rate: share that was asked for.
        scores: of the healthy frames that the threshold was made of, in their order.
        learnt: healthy frames that filters and blocks were learnt from; none is in `scores`.
        limit: how many times as strong as usual a place is at the score 0.5.
        filters: name of a level -> (filter, row, column).
        usual: (filter, row, column) strength that healthy frames rarely reach, of the filters
            of all levels in each block.
        pattern: (row, column) of the frame at half its size: what stands on every frame, as shares
            of its mean less 1; None where nothing does, as on a moving strip.
        part: what is on the frames, in words.
    """

    name: str
    height_px: int
    width_px: int
    threshold: float
    false_alarm_rate: float
    wanted_rate: float
    scores: tuple[float, ...]
    learnt: int
    limit: float
    filters: dict[str, NDArray[np.float32]] = field(repr=False)
    usual: NDArray[np.float32] = field(repr=False)
    pattern: NDArray[np.float32] | None = field(default=None, repr=False)
    part: str = "metal surface"

    def save(self, path: str | Path) -> None:
        """Write the profile, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        arrays = (*_ARRAYS, "filters")
        table = {x.name: getattr(self, x.name) for x in fields(self) if x.name not in arrays}
        written: dict[str, NDArray[Any]] = {
            HEADER: np.frombuffer(json.dumps({"format": FORMAT, **table}).encode(), np.uint8)
        }
        written |= {_filters(x): array for x, array in self.filters.items()}
        written[USUAL] = self.usual.astype(np.float16)
        if self.pattern is not None:
            written[PATTERN] = self.pattern.astype(np.float16)
        packed = io.BytesIO()
        np.savez_compressed(packed, **written)  # type: ignore[arg-type]  # its stub has no arrays
        with written_whole(path) as temporary:
            temporary.write_bytes(packed.getvalue())


_ARRAYS = (USUAL, PATTERN)


def read_screen_profile(path: str | Path) -> ScreenProfile:
    """Read the profile of a camera.

    Raises:
        UnreadableFileError: no such profile, damaged, too large, or of a newer version.

    Example:
        >>> read_screen_profile("/nowhere/belt.screen")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/belt.screen is not a profile of a ...
    """
    try:
        arrays = _arrays(Path(path))
        table = json.loads(arrays.pop(HEADER).tobytes().decode("utf-8"))
        version = table.pop("format")
    # A file from elsewhere may break numpy and zipfile in ways of their own.
    except Exception as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadableFileError(
            f"{path} is not a profile of a camera: {reason}. Make one with: "
            "faultlens calibrate HEALTHY_FRAMES --screen --out NAME.screen"
        ) from error
    if version != FORMAT:
        raise UnreadableFileError(
            f"{path} is a camera's profile of format {version}; this faultlens reads {FORMAT}. "
            "Update faultlens, or make the profile again."
        )
    known = {x.name for x in fields(ScreenProfile)} - {*_ARRAYS, "filters"}
    if odd := sorted(set(table) - known):
        raise UnreadableFileError(f"{path}: {UnknownNameError('profile field', odd[0], known)}")
    try:
        return _checked(table, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} is a damaged profile: {error}. Make it again with faultlens calibrate."
        ) from error


def blocks_of(height_px: int, width_px: int) -> tuple[int, int]:
    """Rows and columns of blocks of a frame; the last ones may reach beyond it.

    Args:
        height_px: rows of the frame.
        width_px: columns.

    Example:
        >>> blocks_of(2160, 3840), blocks_of(1080, 1920)
        ((135, 240), (68, 120))
    """
    return -(-height_px // BLOCK_PX), -(-width_px // BLOCK_PX)


def _filters(level: str) -> str:
    return f"filters_{level}"


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as packed:
        if path.stat().st_size > LARGEST_BYTES or (
            sum(x.file_size for x in packed.infolist()) > LARGEST_BYTES
        ):
            raise ValueError(f"it is larger than {LARGEST_BYTES // 1_000_000} MB")
    with np.load(path, allow_pickle=False) as opened:
        return {name: opened[name] for name in opened.files}


def _checked(table: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> ScreenProfile:
    for name, array in arrays.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"its array '{name}' holds no plain numbers")
    table["scores"] = tuple(float(x) for x in table["scores"])
    pattern = arrays.get(PATTERN)
    made = ScreenProfile(
        **table,
        filters={x.name: arrays[_filters(x.name)].astype(np.float32) for x in LEVELS},
        usual=arrays[USUAL].astype(np.float32),
        pattern=None if pattern is None else pattern.astype(np.float32),
    )
    blocks = blocks_of(made.height_px, made.width_px)
    if made.usual.shape != (FILTERS, *blocks) or made.usual.min() <= 0:
        raise ValueError(f"its array '{USUAL}' does not belong to its frames")
    if made.pattern is not None and made.pattern.shape != (made.height_px // 2, made.width_px // 2):
        raise ValueError(f"its array '{PATTERN}' does not belong to its frames")
    if not (0 < made.threshold < 1 and made.limit > 0):
        raise ValueError("its threshold is none")
    return made
