"""Filters of a camera, run over whole frames: how strongly each place of a frame stands out.

The graph is the same for every camera and lies beside this file; the filters, a few kilobytes, come
from the camera's profile. Each is squared, and the largest value of every block is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.images.halved import halved_again
from faultlens.runtimes.onnx_runtime import onnx_runtime
from faultlens.runtimes.with_onnx import ERRORS_ONLY

GRAPH = Path(__file__).with_name("screen_filters.onnx")
"""Three convolutions, each squared and pooled; `making.screen_graph` writes it."""

BLOCK_PX = 16
"""Side of a block, of which the strongest place counts: smaller than a defect of 40 pixels."""


@dataclass(frozen=True)
class FilterLevel:
    """Filters that look at a frame of one size.

    Args:
        name: of the level.
        shrink: pixels of the frame per point, along each side.
        side: points of a filter, along each side.
        stride: points from one place to the next.
        filters: how many; processors with 512-bit registers compute 16 together.
    """

    name: str
    shrink: int
    side: int
    stride: int
    filters: int


LEVELS = (
    FilterLevel("half", 2, 7, 4, 32),
    FilterLevel("quarter", 4, 9, 2, 16),
    FilterLevel("eighth", 8, 9, 2, 16),
)
"""Hairlines of 2 px are seen at half the size, spots of 40 px at an eighth. At half the size every
second point, with 16 filters, took twice the time of every fourth with 32."""

FILTERS = sum(x.filters for x in LEVELS)


@final
class ScreenFilters:
    """The filters of one camera, ready to run; safe for many threads.

    Args:
        filters: name of a level -> (filter, row, column).
        threads: processor threads of one frame.

    Raises:
        UnreadableFileError: filters of another shape.
    """

    def __init__(self, filters: Mapping[str, NDArray[np.float32]], *, threads: int = 1) -> None:
        onnxruntime = onnx_runtime()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        options.intra_op_num_threads = threads
        # Threads that spin while they wait take the core from the source and the journal.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._weights = {f"{x.name}_filters": _checked(x, filters.get(x.name)) for x in LEVELS}
        held = [onnxruntime.OrtValue.ortvalue_from_numpy(x) for x in self._weights.values()]
        options.add_external_initializers(list(self._weights), held)
        self._session = onnxruntime.InferenceSession(GRAPH.read_bytes(), options)

    def squares(self, half: NDArray[np.float32]) -> NDArray[np.float32]:
        """The largest square of each filter in each block.

        Args:
            half: (row, column) of the frame at half its size, less its mean; a multiple of 8 points
                each.

        Returns:
            (filter, row, column) of all levels and of blocks.
        """
        quarter = halved_again(half)
        shown = {"half": half, "quarter": quarter, "eighth": halved_again(quarter)}
        found = self._session.run(None, {k: x[None, None] for k, x in shown.items()})
        squares: NDArray[np.float32] = found[0][0]
        return squares


def _checked(level: FilterLevel, given: NDArray[np.float32] | None) -> NDArray[np.float32]:
    wanted = (level.filters, level.side, level.side)
    if given is None or given.shape != wanted:
        raise UnreadableFileError(
            f"The filters '{level.name}' have shape {None if given is None else given.shape}; it "
            f"must be {wanted}. Make the profile again: faultlens calibrate FRAMES --screen."
        )
    return np.ascontiguousarray(given[:, None], dtype=np.float32)
