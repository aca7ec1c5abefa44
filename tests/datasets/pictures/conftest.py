"""Pictures that are written where a layout wants them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a picture of 6 x 4 pixels, or given values, under a name below the folder."""

    def written(name: str, values: np.ndarray | None = None, seed: int = 0) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if values is None:
            values = np.random.default_rng([seed, *name.encode()]).integers(0, 255, (4, 6))
        Image.fromarray(values.astype(np.uint8)).save(path)
        return path

    return written
