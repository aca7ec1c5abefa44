"""The substation pairs: infrared in degC, the visible picture and the marked hot spots."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.images.thermal.read import read_thermal
from faultlens.images.thermal.thermal import Thermal

CELSIUS_PER_STEP, CELSIUS_AT_ZERO = 0.1, -1000.0
"""Of its 16-bit pictures, whose offset of 10000 its README states; the step is inferred."""

NEIGHBOURS = 3
"""Pictures of one kind whose numbers differ by so much at most show one scene: they were taken one
after the other, and many show the same part."""


@dataclass(frozen=True)
class Pair:
    """One pair of the set.

    Args:
        name: of its files.
        scene: of pictures taken one after the other.
        folder: of the set.
        boxes: (left, top, right, bottom) of each marked hot spot, pixels of the infrared; empty
            where nobody marked any.
    """

    name: str
    scene: str
    folder: Path
    boxes: tuple[tuple[float, float, float, float], ...]

    def thermal(self) -> Thermal:
        """The infrared, degC."""
        file = self.folder / "ir_int16_offset10000" / f"{self.name}.png"
        return read_thermal(
            file, celsius_per_step=CELSIUS_PER_STEP, celsius_at_zero=CELSIUS_AT_ZERO
        )

    def colours(self) -> Thermal:
        """The camera's own false colours: no temperatures."""
        return read_thermal(self.folder / "ir_colour" / f"{self.name}.jpg")

    def visible(self) -> Image:
        """The visible picture, not registered; almost black at night."""
        return read_image(self.folder / "vis" / f"{self.name}.jpg")

    @property
    def marked_px(self) -> float:
        """Pixels of the infrared inside marked boxes; where two overlap, both count."""
        return sum((right - left) * (bottom - top) for left, top, right, bottom in self.boxes)

    def marked_at(self, row: int, column: int) -> int:
        """Number of the marked hot spot that holds a pixel of the infrared; -1 for none."""
        x, y = column + 0.5, row + 0.5
        for number, (left, top, right, bottom) in enumerate(self.boxes):
            if left <= x <= right and top <= y <= bottom:
                return number
        return -1


def substation_pairs(folder: str | Path, *, labelled: bool = True) -> tuple[Pair, ...]:
    """The pairs of the set, by name.

    Args:
        folder: of the set, with index.csv.
        labelled: those with marked hot spots; else those without.

    Raises:
        UnreadableFileError: no such set.

    Example:
        >>> substation_pairs("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/index.csv does not exist; ...
    """
    folder = Path(folder)
    index = folder / "index.csv"
    if not index.is_file():
        raise UnreadableFileError(f"{index} does not exist; give the folder substation_ir_vis.")
    with index.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    chosen = [x["name"] for x in rows if (x["labelled"] == "labelled") == labelled]
    scenes = _scenes(chosen)
    return tuple(
        Pair(name, scenes[name], folder, tuple(_boxes(folder / "labels" / f"{name}.txt")))
        for name in sorted(chosen)
    )


def _scenes(names: list[str]) -> dict[str, str]:
    """The scene of each picture: runs of numbers without a gap."""
    parsed = [(x, re.fullmatch(r"(.*)_(\d+)", x)) for x in names]
    numbered = sorted((m[1], int(m[2]), x) for x, m in parsed if m is not None)
    out: dict[str, str] = {x: x for x in names}
    before: tuple[str, int, str] | None = None
    for kind, number, name in numbered:
        near = before is not None and before[0] == kind and number - before[1] <= NEIGHBOURS
        out[name] = out[before[2]] if near and before is not None else name
        before = (kind, number, name)
    return out


def _boxes(file: Path) -> Iterator[tuple[float, float, float, float]]:
    """Boxes as YOLO writes them: class, middle, width and height as shares of 384 x 288 pixels."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        _, x, y, width, height = (float(part) for part in line.split())
        yield (
            (x - width / 2) * 384, (y - height / 2) * 288,
            (x + width / 2) * 384, (y + height / 2) * 288,
        )  # fmt: skip
