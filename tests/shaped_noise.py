"""Recordings that a spectrum tells apart: noise with a hum of its own per class, as files too."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.datasets.labelled import LabelledRecording
from faultlens.signals.signal import Signal

WINDOW, RATE_HZ = 256, 5120.0
HUM = {"healthy": 0.08, "inner race fault": 0.2, "outer race fault": 0.35}
"""Class -> middle of its hum, as a share of the sampling rate."""

CALLED = {"healthy": "health", "inner race fault": "inner", "outer race fault": "outer"}
"""Class -> word that begins the names of its files in `bearingset`."""


def wave(label: str, windows: int, seed: int, *, hum_at: float = 0.0) -> NDArray[np.float64]:
    """Noise and the hum of a class; `hum_at` moves the hum, as another speed would."""
    rng = np.random.default_rng(seed)
    time = np.arange(windows * WINDOW)
    wander = np.cumsum(0.2 * rng.normal(size=len(time)))
    hum = 1.5 * np.sin(2 * np.pi * (HUM[label] + hum_at) * time + wander)
    return rng.normal(size=len(time)) + hum


def recordings(
    *, each: int = 1, windows: int = 12, seed: int = 0, condition: str = "20 Hz 0 V",
    labels: tuple[str, ...] = tuple(HUM), hum_at: float = 0.0,
) -> list[LabelledRecording]:  # fmt: skip
    """Recordings in memory, so many of each class; another seed is another day."""
    return [
        LabelledRecording(
            "rig", f"{label} {condition} {seed} {i}", label,
            Signal(wave(label, windows, 100 * seed + 10 * k + i, hum_at=hum_at), RATE_HZ),
            condition=condition, window=WINDOW,
        )
        for k, label in enumerate(labels) for i in range(each)
    ]  # fmt: skip


def write_bearingset(
    folder: Path, split: str = "train", *, condition: str = "20_0", windows: int = 20,
    seed: int = 0, labels: tuple[str, ...] = tuple(HUM), hum_at: float = 0.0,
) -> Path:  # fmt: skip
    """Files as in `bearingset`: one per class, a window per column, no header."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, label in enumerate(labels):
        columns = wave(label, windows, 100 * seed + k, hum_at=hum_at).reshape(windows, -1).T
        np.savetxt(
            folder / f"{CALLED[label]}{condition}_{split}.csv", columns, delimiter=",", fmt="%.5f"
        )
    return folder
