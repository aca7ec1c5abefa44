"""`calibrate --screen` makes a camera's profile of pictures, stacks, videos; it says its rate."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.images.write import write_image
from faultlens.profiles.screen_profile import read_screen_profile
from tests.camera_frames import strip_frame


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("healthy")
    np.save(folder / "stack.npy", np.stack([strip_frame(i).pixels for i in range(36)]))
    write_image(folder / "one.png", strip_frame(40).pixels)
    return folder


def test_a_profile_is_made_and_its_promise_told(run: Any, frames: Path, tmp_path: Path) -> None:
    out = tmp_path / "belt.screen"
    told = run("calibrate", frames, "--screen", "--out", out)
    assert told.code == 0
    made = read_screen_profile(out)
    assert made.name == "belt" and made.learnt + len(made.scores) == 37
    assert "37 healthy frames cannot promise a false-alarm rate of 0.01" in told.err
    assert "a surface that moves on, 384 x 256 pixels" in told.out
    assert 'detector = "screen"' in told.out


def test_options_of_other_samples_are_refused(run: Any, frames: Path, tmp_path: Path) -> None:
    out = tmp_path / "belt.screen"
    told = run("calibrate", frames, "--screen", "--rpm", 1480, "--out", out)
    assert told.code == 2 and "which take no --rpm" in told.err
    told = run("calibrate", tmp_path / "*.png", "--screen", "--out", out)
    assert told.code == 3 and "holds no frames" in told.err
