"""What a pretraining learns from: own pictures, painted ones, rendered ones; and what it holds out.

Pictures that the data set keeps for testing are never looked at. Near-duplicates stay together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.progress import progress
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.picture import SOME_DEFECT, LabelledPicture
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.metrics.projection import evenly_chosen
from faultlens.training.learnable import even_weights
from faultlens.training.surface.experiment import PictureExperiment
from faultlens.training.surface.own_windows import (
    WINDOW_PX,
    Windows,
    certain,
    own_windows,
    shown,
    windows_joined,
)
from faultlens.training.surface.painted import SOUND, painted_windows
from faultlens.training.surface.picture_classes import PictureClasses, picture_classes
from faultlens.training.surface.pool import Drawing, chunk_path, draw_chunk, joined, read_chunk

PARTS = {"own": 0.5, "painted": 0.2, "rendered": 0.3}
"""Share of the steps that each source has, of those that are there."""

ENOUGH_GROUPS = 10
"""Of a class, to be drawn as often as any other; one with fewer is drawn less, lest a few pictures
be learned by heart."""

MOST_PICTURES = 3000
"""Labelled pictures that are learned from: some 80 kB of memory for each window of them."""

MOST_PAINTED_ON = 200
"""Pictures that defects are painted on; more bring hardly more of one product's surface."""

SOUND_SHARE = 0.25
"""Of the rendered pictures."""

DRAWN_AT_ONCE = 100
"""Rendered pictures of one file: what is lost when a run is killed."""

LEARNED_SEED, JUDGED_SEED, SEEDS_APART = 60_000_000, 70_000_000, 100_000
"""First seeds of rendered pictures, apart from those of builtin/surface and of `tune --render`."""


@dataclass(frozen=True, eq=False)
class Material:
    """What a pretraining learns from.

    Args:
        classes: what is told apart.
        learned: windows learned from.
        weight: (window,) how often each is drawn; sums to 1.
        held: windows that choose the epoch: own ones, or rendered ones where there are none.
        judged: windows that calibrate, sound ones among them.
        pictures: labelled ones that were learned from or held out.
        counts: source -> windows learned from.
        failed: files that could not be read.
        notices: what a careful engineer would want to know.
    """

    classes: PictureClasses
    learned: Windows
    weight: NDArray[np.float64]
    held: Windows
    judged: Windows
    pictures: tuple[LabelledPicture, ...]
    counts: Mapping[str, int]
    failed: tuple[FailedFile, ...]
    notices: tuple[Notice, ...]


def gathered(
    pictures: Sequence[LabelledPicture],
    unlabelled: Sequence[Path],
    experiment: PictureExperiment,
    cache: Path,
    *,
    quiet: bool = True,
) -> Material:
    """Cut, paint and render what a training learns from.

    Args:
        pictures: labelled or captioned.
        unlabelled: files of pictures that nobody labelled: defects are painted on them.
        experiment: how many of each.
        cache: keeps rendered pictures while the training runs.
        quiet: no progress bars.

    Raises:
        UsageError: nothing to learn from, or nothing to tell apart.
        OSError: the cache cannot be written.

    Example:
        >>> import tempfile
        >>> how = PictureExperiment(rendered=0)
        >>> gathered([], [], how, Path(tempfile.mkdtemp()))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: There is nothing to learn from: no labelled picture, ...
    """
    seed = experiment.training.seed
    usable, notices = _usable(pictures, quiet=quiet)
    if not usable and not unlabelled and not experiment.rendered:
        raise UsageError(
            "There is nothing to learn from: no labelled picture, none to paint on and none "
            "rendered. Give pictures, or rendered=1000."
        )
    classes = picture_classes(
        (x.label for x in usable), with_rendered=bool(experiment.rendered or unlabelled)
    )
    if len(classes.names) < 3 and not (len(classes.names) == 2 and _both(usable)):
        raise UsageError(
            f"All pictures are '{usable[0].label}'; a training tells classes apart and needs two "
            "or more. Add pictures of another class, or rendered ones (rendered=1000)."
        )
    index = {x: i for i, x in enumerate(classes.names)}
    learning, holding = _split(usable, experiment.validation, seed)
    own, failed = own_windows(learning, index, seed=seed, quiet=quiet)
    held, unread = own_windows(holding, index, seed=seed, quiet=quiet)
    sound = [x.path for x in learning if not x.defective]
    painted, unpainted = _painted(unlabelled, sound, classes, experiment, quiet=quiet)
    rendered = _rendered(classes, experiment.rendered, LEARNED_SEED, seed, cache, quiet=quiet)
    judged = _rendered(classes, experiment.judged, JUDGED_SEED, seed, cache, quiet=quiet)
    assert judged is not None  # a sound surface can always be drawn
    parts = {"own": own, "painted": painted, "rendered": rendered}
    there = {name: x for name, x in parts.items() if x is not None and len(x)}
    if not there:
        raise UsageError("None of the pictures could be read; nothing was learned.")
    if unlabelled:
        notices.append(_paints_on(len(unlabelled)))
    return Material(
        classes=classes,
        learned=windows_joined(list(there.values())),
        weight=_weights(there),
        held=held or judged,
        judged=windows_joined([held, judged]) if held else judged,
        pictures=tuple(usable),
        counts={name: len(x) for name, x in there.items()},
        failed=(*failed, *unread, *unpainted),
        notices=tuple(notices),
    )


def _usable(
    pictures: Sequence[LabelledPicture], *, quiet: bool
) -> tuple[list[LabelledPicture], list[Notice]]:
    notices = []
    kept = [x for x in pictures if x.split != "test"]
    if left := len(pictures) - len(kept):
        notices.append(
            Notice(
                en=f"{left} pictures are kept for testing by the data set and were not looked at.",
                zh=f"数据集将 {left} 张图像划为测试集，未使用。",
            )
        )
    named = [x for x in kept if x.label != SOME_DEFECT]
    if left := len(kept) - len(named):
        notices.append(
            Notice(
                en=f"{left} pictures show a defect that nobody named; they were left out. Name it, "
                "or write a caption.",
                zh=f"{left} 张图像有缺陷但未命名，已略过。请写明缺陷名称或图像描述。",
            )
        )
    if left := max(0, len(named) - MOST_PICTURES):
        named = [named[i] for i in evenly_chosen(len(named), MOST_PICTURES)]
        notices.append(
            Notice(
                en=f"{MOST_PICTURES} pictures are learned from, evenly chosen; {left} are not.",
                zh=f"均匀选取 {MOST_PICTURES} 张图像用于学习，其余 {left} 张未使用。",
            )
        )
    return list(grouped(named, quiet=quiet)), notices


def _both(pictures: Sequence[LabelledPicture]) -> bool:
    return len({x.defective for x in pictures}) == 2


def _split(
    pictures: Sequence[LabelledPicture], share: float, seed: int
) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """By group, of each label alike; what the data set calls validation is, and nothing else."""
    if any(x.split == "validation" for x in pictures) and share:
        held_keys = {x.key for x in pictures if x.split == "validation"}
    else:
        draw = np.random.default_rng(seed)
        held_keys = set()
        for label in sorted({x.label for x in pictures}):
            keys = sorted({x.key for x in pictures if x.label == label})
            count = round(share * len(keys))
            held_keys |= {keys[i] for i in draw.permutation(len(keys))[:count]}
    learned = [x for x in pictures if x.key not in held_keys]
    return learned, [x for x in pictures if x.key in held_keys]


def _painted(
    unlabelled: Sequence[Path],
    sound: Sequence[Path],
    classes: PictureClasses,
    experiment: PictureExperiment,
    *,
    quiet: bool,
) -> tuple[Windows | None, list[FailedFile]]:
    """Windows with a defect painted on; of unlabelled ones nothing else is known."""
    table = classes.drawn
    made: list[Windows] = []
    failed: list[FailedFile] = []
    there = [(x, known) for x, known in ((unlabelled, False), (sound, True)) if x]
    if len(table) < 2 or not experiment.painted:
        return None, failed
    for number, (files, is_sound) in enumerate(there):
        images = _read(files, failed, quiet=quiet)
        if not images:
            continue
        chunk = painted_windows(
            images,
            tuple(table),
            count=max(1, experiment.painted // len(there)),
            size_px=WINDOW_PX,
            sound_share=0.0,
            seed=2 * experiment.training.seed + number,
            quiet=quiet,
        )
        # Its index is that of the keys.
        concept = np.array([*table.values()])[chunk.concept]
        kept = certain(replace(chunk, concept=concept), "painted", rest_is_sound=is_sound)
        made.append(kept if is_sound else _only(kept, chunk.concept != SOUND))
    return (windows_joined(made) if made else None), failed


def _read(files: Sequence[Path], failed: list[FailedFile], *, quiet: bool) -> list[Image]:
    chosen = [files[i] for i in evenly_chosen(len(files), MOST_PAINTED_ON)]
    images = []
    for file in progress(chosen, label="Reading", total=len(chosen), quiet=quiet):
        try:
            images.append(shown(read_image(file)))
        except (FaultlensError, OSError) as error:
            failed.append(FailedFile(str(file), str(error)))
    return images


def _only(windows: Windows, wanted: NDArray[np.bool_]) -> Windows:
    chunk = windows.chunk
    return Windows(
        replace(
            chunk,
            pixels=chunk.pixels[wanted],
            coloured=chunk.coloured[wanted],
            mask=chunk.mask[wanted],
            concept=chunk.concept[wanted],
            anchors=chunk.anchors[wanted],
        ),
        windows.is_marked[wanted],
        windows.rest_is_sound[wanted],
        tuple(x for x, y in zip(windows.key, wanted, strict=True) if y),
    )


def _rendered(
    classes: PictureClasses, count: int, first: int, seed: int, cache: Path, *, quiet: bool
) -> Windows | None:
    table = classes.drawn
    if not count:
        return None
    defects = max(1, len(table) - 1)
    sound = SOUND_SHARE if len(table) > 1 else 1.0
    shares = (sound, *[(1 - sound) / defects] * (len(table) - 1))
    starts = range(0, count, DRAWN_AT_ONCE)
    chunks = []
    for start in progress(starts, label="Rendering", total=len(starts), quiet=quiet):
        drawing = Drawing(
            first + seed * SEEDS_APART + start,
            min(DRAWN_AT_ONCE, count - start),
            WINDOW_PX,
            tuple(table),
            shares,
        )
        chunks.append(read_chunk(draw_chunk(drawing, chunk_path(cache, drawing))))
    chunk = joined(chunks)
    concept = np.array([*table.values()])[chunk.concept]
    return certain(replace(chunk, concept=concept), "rendered")


def _weights(there: Mapping[str, Windows]) -> NDArray[np.float64]:
    """How often each window is drawn: sources by their shares, classes alike, groups alike."""
    rows = []
    for name, windows in there.items():
        concept = windows.chunk.concept
        groups = [(str(x), key) for x, key in zip(concept, windows.key, strict=True)]
        size = {x: len({y for y in groups if y[0] == x}) for x in {y[0] for y in groups}}
        weight = even_weights(groups)
        weight *= [min(1.0, size[x] / ENOUGH_GROUPS) for x, _ in groups]
        rows.append(PARTS[name] * weight / weight.sum())
    every = np.concatenate(rows)
    shares: NDArray[np.float64] = every / every.sum()
    return shares


def _paints_on(count: int) -> Notice:
    return Notice(
        en=f"{count} pictures have neither label nor caption: defects are painted on them, and "
        "beside these nothing of them is taken for sound.",
        zh=f"{count} 张图像既无标签也无描述：将在其上绘制缺陷，其余部分不视为无缺陷。",
    )
