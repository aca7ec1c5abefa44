"""The simulated training set: examples by seed, kept in shards, so that a stopped run goes on."""

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import written_whole
from faultlens.core.progress import progress
from faultlens.evaluation.trials.machines import Example, draw_example

SHARD = 250
"""Examples per shard: about 18 MB, half a minute's work on one core."""

ARRAYS = ("told", "actual", "lines", "orders", "waveform")


@dataclass(frozen=True, eq=False)
class SimulatedSet:
    """Examples side by side; see `machines.Example` for the fields.

    Args:
        told: (example,) class given the stated bearing.
        actual: (example,) class whatever bearing was stated.
        lines: (example, feature).
        orders: (example, channel, order) in half precision.
        waveform: (example, time) in half precision.
        sha256: hash of all of it, in order.
    """

    told: NDArray[np.int64]
    actual: NDArray[np.int64]
    lines: NDArray[np.float32]
    orders: NDArray[np.float16]
    waveform: NDArray[np.float16]
    sha256: str


def simulated_set(
    first_seed: int, examples: int, *, folder: Path, workers: int = 2, quiet: bool = False
) -> SimulatedSet:
    """Draw the examples that are not there yet, and load all.

    Args:
        first_seed: seed of the first example; the others follow.
        examples: how many.
        folder: keeps the shards; an interrupted run goes on there.
        workers: processes.
        quiet: no progress bar.

    Raises:
        OSError: a shard cannot be written.

    Example:
        >>> import tempfile
        >>> made = simulated_set(0, 2, folder=Path(tempfile.mkdtemp()), workers=1, quiet=True)
        >>> made.orders.shape, len(made.sha256)
        ((2, 12, 586), 64)
    """
    folder.mkdir(parents=True, exist_ok=True)
    end = first_seed + examples
    shards = [(start, min(start + SHARD, end)) for start in range(first_seed, end, SHARD)]
    missing = [shard for shard in shards if not _path(folder, shard).exists()]
    if missing:
        with ProcessPoolExecutor(workers) as pool:
            drawn = pool.map(_draw_shard, missing, [folder] * len(missing))
            for _ in progress(drawn, label="Simulating", total=len(missing), quiet=quiet):
                pass
    parts = [_read(_path(folder, shard)) for shard in shards]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ARRAYS}
    digest = hashlib.sha256()
    for name in ARRAYS:
        digest.update(np.ascontiguousarray(joined[name]).tobytes())
    return SimulatedSet(**joined, sha256=digest.hexdigest())


def _path(folder: Path, shard: tuple[int, int]) -> Path:
    return folder / f"examples-{shard[0]}-{shard[1]}.npz"


def _read(path: Path) -> dict[str, NDArray[np.generic]]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in ARRAYS}


def _draw_shard(shard: tuple[int, int], folder: Path) -> None:
    rows = [draw_example(seed) for seed in range(*shard)]
    with written_whole(_path(folder, shard)) as part, part.open("wb") as stream:
        np.savez(stream, **_stacked(rows))  # type: ignore[arg-type]


def _stacked(rows: list[Example]) -> dict[str, NDArray[np.generic]]:
    return {
        "told": np.array([x.told for x in rows], dtype=np.int64),
        "actual": np.array([x.actual for x in rows], dtype=np.int64),
        "lines": np.stack([x.lines for x in rows]),
        # Half precision: its step is far below the noise of a spectrum or a converter.
        "orders": np.stack([x.orders for x in rows]).astype(np.float16),
        "waveform": np.stack([x.waveform for x in rows]).astype(np.float16),
    }
