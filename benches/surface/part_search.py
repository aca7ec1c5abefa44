"""A part found by a picture of it: how often, how exactly, and how often where it is not.

`python -m benches.surface.part_search` cuts a piece out of a real picture,
turns, scales and lights the picture anew, adds blur and noise, and searches for the piece on it;
then on the picture of another scene.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter

from faultlens.core.errors import InputError
from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section, figures_json, tables
from faultlens.images.image import Image
from faultlens.images.part_search import PartTemplate, Pose
from faultlens.images.read import read_image
from faultlens.metrics.intervals import share_interval

COMMAND = "python -m benches.surface.part_search"
TOPIC = "A part found by a picture of it"

SETS = {
    "roads": "roadscene/crop_LR_visible",
    "substations": "substation_ir_vis/vis",
}
"""What the pictures show -> their folder in `shared/data/images`."""

EXACT_PX = 3.0
"""Error of the corners, root mean square, up to which the place counts as the right one."""

FLATTEST = 0.05
"""Standard deviation of grey below which a piece (mostly sky) is nobody's template."""

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Searched:
    """One search.

    Args:
        error_px: of the corners, root mean square; None where the part was not found.
        elsewhere: whether it was found on the picture of another scene.
    """

    error_px: float | None
    elsewhere: bool


def searched(scene: Floats, other: Floats, seed: int) -> Searched | None:
    """Search for a piece of a scene on the scene, changed, and on another one.

    Args:
        scene: (row, column) grey, 0 to 1.
        other: another scene.
        seed: of piece, place, light and noise.

    Returns:
        what came out; None where the piece drawn is too plain to be a template.

    Example:
        >>> grain = gaussian_filter(np.random.default_rng(0).normal(size=(240, 320)), 3) * 3 + 0.5
        >>> searched(grain, grain[::-1, ::-1].T, 1).error_px < 1
        True
    """
    rng = np.random.default_rng(seed)
    height, width = scene.shape
    wide = int(rng.uniform(0.2, 0.5) * min(height, width))
    tall = min(int(wide * rng.uniform(0.6, 1.6)), height // 2)
    top = int(rng.uniform(0.2, 0.8) * (height - tall))
    left = int(rng.uniform(0.2, 0.8) * (width - wide))
    piece = scene[top : top + tall, left : left + wide]
    if piece.std() < FLATTEST:
        return None
    pose = Pose(
        row=rng.uniform(0.35, 0.65) * height,
        column=rng.uniform(0.35, 0.65) * width,
        angle_rad=rng.uniform(-np.pi, np.pi),
        scale=rng.uniform(0.75, 1.33),
    )
    back = np.linalg.inv(pose.matrix[::-1, ::-1])
    middle = np.array([top + (tall - 1) / 2, left + (wide - 1) / 2])
    offset = middle - back @ np.array([pose.row, pose.column])
    moved = affine_transform(scene, back, offset, scene.shape, order=1, mode="reflect")
    template = PartTemplate(_picture(piece))
    try:
        corners = np.array(template.on(_picture(_in_other_light(rng, moved))).corners)
        half = np.array([[-wide, -tall], [wide, -tall], [wide, tall], [-wide, tall]]) / 2
        truth = half @ pose.matrix.T + (pose.column + 0.5, pose.row + 0.5)
        error = float(np.sqrt(((corners - truth) ** 2).sum(axis=1).mean()))
    except InputError:
        error = None
    try:
        template.on(_picture(_in_other_light(rng, other)))
    except InputError:
        return Searched(error, elsewhere=False)
    return Searched(error, elsewhere=True)


def _in_other_light(rng: np.random.Generator, grey: Floats) -> Floats:
    down, along = np.mgrid[: grey.shape[0], : grey.shape[1]] / max(grey.shape)
    slope, drift = rng.uniform(-0.3, 0.3, 2)
    gain = rng.uniform(0.6, 1.3) + slope * along + drift * down
    soft = gaussian_filter(grey, rng.uniform(0, 1.5))
    return np.asarray(soft * gain + rng.normal(0, 0.02, grey.shape))


def _picture(grey: Floats) -> Image:
    return Image((np.clip(grey, 0, 1) * 255).astype(np.uint8))


def part_section(found: Mapping[str, Sequence[Searched]]) -> Section:
    """The searches as a table.

    Args:
        found: what the pictures show -> the searches.

    Example:
        >>> found = {"roads": [Searched(0.5, False), Searched(None, False)]}
        >>> [x.value for x in part_section(found).figures]
        [0.5, 0.0, 0.0, 0.5]
    """
    figures = []
    for subject, all_of in found.items():
        errors = [x.error_px for x in all_of if x.error_px is not None]
        for name, count in (
            (f"found, corners within {EXACT_PX:g} px", sum(x <= EXACT_PX for x in errors)),
            ("found in another place", sum(x > EXACT_PX for x in errors)),
            ("found on another scene", sum(x.elsewhere for x in all_of)),
        ):
            low, high = share_interval(count, len(all_of))
            share = count / len(all_of)
            figures.append(
                Figure(TOPIC, subject, name, "faultlens", share, len(all_of), low, high,
                       unit=OF_N, command=COMMAND)
            )  # fmt: skip
        middle = float(np.median(errors)) if errors else float("nan")
        figures.append(
            Figure(TOPIC, subject, "error of the corners, median", "faultlens", middle,
                   len(errors), unit="px", command=COMMAND)
        )  # fmt: skip
    note = (
        "A piece of 20 to 50 % of a real picture is searched for on that picture, turned by any "
        "angle, scaled by 0.75 to 1.33, under another light (gain 0.6 to 1.3, with slopes), "
        "blurred and noisy; and on the picture of another scene. [95 % Wilson intervals]. The "
        "least quality was chosen with other pieces of these pictures in view."
    )
    return Section(TOPIC, note, tuple(figures))


def _searches(folder: Path, count: int, seed: int, *, quiet: bool) -> list[Searched]:
    files = sorted(x for x in folder.iterdir() if x.suffix.lower() in (".jpg", ".jpeg", ".png"))
    rng = np.random.default_rng(seed)
    done: list[Searched] = []
    for number in progress(range(count), label=folder.name, total=count, quiet=quiet):
        one = None
        while one is None:
            scene, other = (read_image(files[i]).grey() for i in rng.choice(len(files), 2, False))
            one = searched(scene, other, seed=int(rng.integers(1 << 30)) + number)
        done.append(one)
    return done


def _main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--count", type=int, default=60, help="Searches on each set.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    images = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
    found = {
        subject: _searches(images / folder, chosen.count, chosen.seed, quiet=chosen.quiet)
        for subject, folder in SETS.items()
    }
    section = part_section(found)
    page = tables([section], {})
    print(page)
    write_text(chosen.out / "part_search.md", page)
    write_text(chosen.out / "part_search.json", figures_json(section.figures))


if __name__ == "__main__":
    _main()
