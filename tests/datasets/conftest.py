"""Recordings of known truth, and files as their makers lay them out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from faultlens.datasets.labelled import LabelledRecording
from faultlens.signals.signal import Signal

Make = Callable[..., LabelledRecording]


def wave(seed: int, samples: int = 600) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=samples)


@pytest.fixture
def make() -> Make:
    """A recording whose samples no other has, unless the seed is the same."""
    count = 0

    def one(
        key: str, label: str = "healthy", *, machine: str = "rig", rate: float = 1000.0,
        samples: int = 600, seed: int | None = None, **facts: object,
    ) -> LabelledRecording:  # fmt: skip
        nonlocal count
        count += 1
        signal = Signal(wave(count if seed is None else seed, samples), sample_rate_hz=rate)
        return LabelledRecording(machine, key, label, signal, **facts)  # type: ignore[arg-type]

    return one


@pytest.fixture
def write_wave() -> Callable[..., None]:
    """Write a CSV of one channel, with its own samples."""

    def write(path: Path, seed: int, samples: int = 600) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(["acc (g)", *(f"{x:.6f}" for x in wave(seed, samples))])
        path.write_text(text + "\n", encoding="utf-8")

    return write
