"""Registered pairs pulled apart by a known warp and laid on each other again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.progress import progress
from faultlens.images.read import read_image
from faultlens.images.registration.register import Registration, register
from faultlens.images.registration.warp import Matrix, moved_points, warped

VISIBLE, INFRARED = "crop_LR_visible", "cropinfrared"
"""Folders of roadscene; both files of a pair have one name."""

SCALE, SHIFT, TURN_DEG = 0.05, 0.05, 3.0
"""Of the warps: at most, each way; scale along each side, shift in sides of the picture."""

_GRID = 9
"""Points along each side of a picture at which two registrations are held against each other."""


@dataclass(frozen=True, eq=False)
class CameraPair:
    """What two cameras saw of one scene.

    Args:
        name: of the files.
        visible: (row, column) brightness, 0 to 1.
        infrared: (row, column) brightness, 0 to 1, or a temperature.
    """

    name: str
    visible: NDArray[np.float32]
    infrared: NDArray[np.float32]


@dataclass(frozen=True)
class RegistrationTrial:
    """One pair, registered once.

    Args:
        pair: whose visible picture it was.
        quality: of the registration, 0 to 1.
        is_good: whether the registration is used.
        seconds: of one core.
        off_px: mean distance from where it should be; NaN where there is no truth.
        undone_px: the same if nothing had been done; NaN where there is no truth.
    """

    pair: str
    quality: float
    is_good: bool
    seconds: float
    off_px: float = np.nan
    undone_px: float = np.nan


def read_pairs(folder: Path) -> list[CameraPair]:
    """The pairs of roadscene, by name.

    Args:
        folder: holds `crop_LR_visible` and `cropinfrared`.

    Raises:
        UnreadableFileError: no such pictures.

    Example:
        >>> read_pairs(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: No pairs in /nowhere; it must hold ...
    """
    files = sorted((folder / VISIBLE).glob("*.jpg"))
    if not files:
        raise UnreadableFileError(
            f"No pairs in {folder}; it must hold {VISIBLE}/*.jpg and {INFRARED}/*.jpg with the "
            "same names. Set FAULTLENS_SHARED to the folder 'shared'."
        )
    return [
        CameraPair(
            x.stem, *(read_image(folder / side / x.name).grey() for side in (VISIBLE, INFRARED))
        )
        for x in files
    ]


def random_warp(shape: tuple[int, int], rng: np.random.Generator) -> Matrix:
    """A shift, a turn and two scales, about the middle of a picture.

    Args:
        shape: rows and columns.
        rng: draws it.

    Returns:
        (3, 3) pixel of the warped picture -> pixel of the picture.

    Example:
        >>> random_warp((100, 200), np.random.default_rng(0))[2].tolist()
        [0.0, 0.0, 1.0]
    """
    height, width = shape
    across, down = 1 + rng.uniform(-SCALE, SCALE, 2)
    turn = np.radians(rng.uniform(-TURN_DEG, TURN_DEG))
    right, below = rng.uniform(-SHIFT, SHIFT, 2) * (width, height)
    cosine, sine = np.cos(turn), np.sin(turn)
    middle = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1.0]])
    about = np.array(
        [[across * cosine, -down * sine, right], [across * sine, down * cosine, below], [0, 0, 1.0]]
    )
    return np.asarray(middle @ about @ np.linalg.inv(middle))


def apart_px(first: Matrix, second: Matrix, shape: tuple[int, int]) -> float:
    """Mean distance of where two maps put the pixels of a picture.

    Args:
        first: (3, 3).
        second: (3, 3).
        shape: rows and columns of the picture.

    Example:
        >>> right = np.array([[1, 0, 3], [0, 1, 4], [0, 0, 1.0]])
        >>> apart_px(np.eye(3), right, (50, 80))
        5.0
    """
    rows, columns = (np.linspace(0, side - 1, _GRID) for side in shape)
    points = np.stack([x.ravel() for x in np.meshgrid(columns, rows)], axis=1)
    away = moved_points(first, points) - moved_points(second, points)
    return float(np.linalg.norm(away, axis=1).mean())


def warped_trials(
    pairs: Sequence[CameraPair], draws: int, *, quiet: bool = False
) -> list[RegistrationTrial]:
    """Each pair once a draw, its infrared side warped; held against the registration unwarped.

    Args:
        pairs: registered or not: what is found between them unwarped is the truth.
        draws: of the warps, from seed 0 on.
        quiet: no progress bar.

    Example:
        >>> warped_trials([], 10)
        []
    """
    done = []
    for pair in progress(pairs, label="one scene, warped", quiet=quiet):
        found, _ = _timed(pair.visible, pair.infrared)
        shape = (pair.visible.shape[0], pair.visible.shape[1])
        for seed in range(draws):
            warp = random_warp(pair.infrared.shape, _rng(pair, seed))
            moved, seconds = _timed(pair.visible, warped(pair.infrared, warp, pair.infrared.shape))
            done.append(
                RegistrationTrial(
                    pair.name, moved.quality, moved.is_good, seconds,
                    apart_px(warp @ moved.matrix, found.matrix, shape),
                    apart_px(warp, np.eye(3), shape),
                )
            )  # fmt: skip
    return done


def other_trials(
    pairs: Sequence[CameraPair], draws: int, *, quiet: bool = False
) -> list[RegistrationTrial]:
    """Each visible picture once a draw with the infrared of another scene, at random.

    Args:
        pairs: two at least, of as many scenes.
        draws: of the other scene and its warp, from seed 0 on.
        quiet: no progress bar.

    Example:
        >>> other_trials([], 10)
        []
    """
    done = []
    for at, pair in enumerate(progress(pairs, label="two scenes", quiet=quiet)):
        for seed in range(draws):
            rng = _rng(pair, seed)
            other = pairs[(at + int(rng.integers(1, len(pairs)))) % len(pairs)].infrared
            warp = random_warp(other.shape, rng)
            found, seconds = _timed(pair.visible, warped(other, warp, other.shape))
            done.append(RegistrationTrial(pair.name, found.quality, found.is_good, seconds))
    return done


def _rng(pair: CameraPair, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *pair.name.encode()])


def _timed(fixed: NDArray[np.float32], moving: NDArray[np.float32]) -> tuple[Registration, float]:
    begun = time.process_time()
    found = register(fixed, moving)
    return found, time.process_time() - begun
