"""Pictures and recordings to correct, and a set to put them in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Write a picture of noise; another seed shows something else."""

    def written(name: str = "part_7.png", seed: int = 0) -> Path:
        path = tmp_path / name
        noise = np.random.default_rng(seed).integers(0, 256, (24, 32), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        return path

    return written


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Write a recording without rate, speed or bearing."""

    def written(name: str = "pump7.csv", seed: int = 0) -> Path:
        path = tmp_path / name
        samples = np.random.default_rng(seed).normal(size=64)
        path.write_text("acc (g)\n" + "".join(f"{x:.6f}\n" for x in samples))
        return path

    return written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a set that is not there yet."""
    return tmp_path / "corrections"
