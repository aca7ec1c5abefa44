"""A set of pictures of known truth, and answers to them that are known beforehand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import LabelledPicture, PictureDataset
from faultlens.datasets.pictures.registry import open_pictures
from faultlens.inference.inspection import Inspection, SurfaceFinding
from faultlens.reports.inspection_view import PictureView

SIZE = 48
Ask = Callable[[LabelledPicture], Inspection]


def answer(
    picture: LabelledPicture,
    alarm_score: float,
    scores: dict[str, float],
    heat: np.ndarray | None = None,
    threshold: float = 0.5,
) -> Inspection:
    """An inspection as `inspect` would give it, with what is stated."""
    rest = 1 - sum(scores.values())
    findings = [
        *(SurfaceFinding(x, y, x, "defect") for x, y in scores.items()),
        SurfaceFinding("no defect", 0.9 * rest, "no_defect", "no_defect"),
        SurfaceFinding("unknown", 0.1 * rest, "unknown", "unknown"),
    ]
    findings.sort(key=lambda x: -x.score)
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    alarm = alarm_score > threshold
    view = PictureView(
        picture.file, pixels, SIZE, SIZE, findings[0].label, findings[0].kind, alarm, alarm_score,
        threshold, (), heat=heat,
    )  # fmt: skip
    return Inspection(
        findings[0].label, alarm, alarm_score, threshold, None, tuple(findings), "", (), "fake@0",
        0.1, view,
    )  # fmt: skip


@pytest.fixture
def tiles(tmp_path: Path) -> PictureDataset:
    """Eight clean tiles, six with a crack and four with a pit, in the layout of MVTec."""
    rng = np.random.default_rng(0)

    def write(name: str, values: np.ndarray) -> None:
        path = tmp_path / "tiles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values.astype(np.uint8)).save(path)

    def clean() -> np.ndarray:
        return rng.integers(90, 150, (SIZE, SIZE))

    for i in range(4):
        write(f"train/good/{i}.png", clean())
    for i in range(8):
        write(f"test/good/{i}.png", clean())
    for label, count, size in (("crack", 6, 4), ("pit", 4, 12)):
        for i in range(count):
            mask = np.zeros((SIZE, SIZE), bool)
            mask[8 + 3 * i : 8 + 3 * i + size, 10 : 10 + size] = True
            write(f"test/{label}/{i}.png", np.where(mask, 20, clean()))
            write(f"ground_truth/{label}/{i}_mask.png", 255 * mask)
    found = open_pictures(tmp_path / "tiles")
    pictures = grouped(found.pictures, quiet=True)
    return PictureDataset(found.name, pictures, found.card)


@pytest.fixture
def right() -> Ask:
    """Answers that are right, but for the last pit: it is missed, and called a crack."""

    def ask(picture: LabelledPicture) -> Inspection:
        mask = defect_mask(picture)
        assert mask is not None
        noise = np.random.default_rng(len(picture.file)).uniform(0, 0.05)
        heat = np.where(mask, 0.9, 0.1).astype(np.float32)
        if picture.file.endswith("pit/3.png"):
            return answer(picture, 0.3, {"crack": 0.2, "pit": 0.1}, heat[::-1])
        if not picture.defective:
            return answer(picture, 0.1 + noise, {"crack": 0.05, "pit": 0.05}, heat)
        scores = {"crack": 0.1, "pit": 0.1} | {picture.label: 0.8}
        return answer(picture, 0.9 - noise, scores, heat)

    return ask


def judged_test(dataset: PictureDataset, ask: Ask, **more: Any) -> Any:
    """One draw of a test of that set."""
    from faultlens.datasets.pictures.splits import split_pictures
    from faultlens.evaluation.surface.judged import judge_pictures
    from faultlens.evaluation.surface.tested import PictureTest

    split = split_pictures(dataset.pictures, references=2, seed=more.pop("seed", 0))
    judgement = judge_pictures([dataset.pictures[i] for i in split.test], ask, quiet=True, **more)
    return PictureTest(split, judgement, "fake@0", "tile", 0.5, 0.01)
