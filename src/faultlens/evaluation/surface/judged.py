"""What was said of labelled pictures: scores, alarms, and pixels counted by their heat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError, InputError, UsageError
from faultlens.core.progress import progress
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.metrics.pixel_counts import PixelCounts, pixel_counts

if TYPE_CHECKING:
    from faultlens.inference.inspection import Inspection

LISTS = ("file", "group", "truth", "counts")
ARRAYS = ("defective", "scores", "no_defect", "unknown", "alarm_score", "alarm", "seconds")
"""Fields of `JudgedPictures` that have one entry per picture."""

Array = NDArray[np.float64]
Ask = Callable[[LabelledPicture], "Inspection"]
"""A picture in, its inspection out: `inspect` with all that it is asked bound to it."""


@dataclass(frozen=True, eq=False)
class JudgedPictures:
    """The answers to the pictures of a test, in their order.

    Args:
        file: of each picture, as seen from the folder of its data set.
        group: what no split cuts and intervals are drawn over.
        truth: the true label, in words.
        defective: (picture,) whether there is a defect.
        sentences: defects that were asked for, word for word.
        scores: (picture, sentence) probability of each.
        no_defect: (picture,) probability that there is none.
        unknown: (picture,) probability of something else.
        alarm_score: (picture,) what the threshold is held against.
        alarm: (picture,) whether it alarmed.
        threshold: alarm score from which it does.
        counts: pixels by their heat; None for a picture without a mask or without heat.
        seconds: (picture,) time of the judgement, s, its file read.
    """

    file: tuple[str, ...]
    group: tuple[str, ...]
    truth: tuple[str, ...]
    defective: NDArray[np.bool_]
    sentences: tuple[str, ...]
    scores: Array
    no_defect: Array
    unknown: Array
    alarm_score: Array
    alarm: NDArray[np.bool_]
    threshold: float
    counts: tuple[PixelCounts | None, ...]
    seconds: Array

    def chosen(self, index: Sequence[int] | NDArray[np.integer]) -> "JudgedPictures":
        """Some of the pictures.

        Args:
            index: (picture,) their places.
        """
        places = [int(i) for i in index]
        some: dict[str, Any] = {x: tuple(getattr(self, x)[i] for i in places) for x in LISTS}
        some |= {x: getattr(self, x)[places] for x in ARRAYS}
        return replace(self, **some)


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture that a reader should see, with what was said of it.

    Args:
        picture: the labelled picture.
        inspection: what was said.
    """

    picture: LabelledPicture
    inspection: "Inspection"


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that came of judging a set of pictures.

    Args:
        judged: the answers.
        failed: pictures that gave none, with the reason.
        false_alarms: clean pictures with the highest alarm scores, the worst first.
        misses: pictures of defects with the lowest, the worst first.
    """

    judged: JudgedPictures
    failed: tuple[FailedFile, ...] = ()
    false_alarms: tuple[Shown, ...] = ()
    misses: tuple[Shown, ...] = ()


def judge_pictures(
    pictures: Sequence[LabelledPicture],
    ask: Ask,
    *,
    pixels: bool = True,
    shown: int = 0,
    label: str = "pictures",
    quiet: bool = False,
) -> Judgement:
    """Ask about each picture; one that cannot be judged is named and the rest goes on.

    Args:
        pictures: labelled.
        ask: a picture in, its inspection out.
        pixels: count pixels by their heat, where there is a mask.
        shown: how many false alarms and misses to keep for the report, of each.
        label: what the progress bar says.
        quiet: no progress bar.

    Raises:
        UsageError: no pictures.
        InputError: none of them could be judged; names the first reason.

    Example:
        >>> judge_pictures([], lambda picture: None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No pictures to judge; give one at least.
    """
    if not pictures:
        raise UsageError("No pictures to judge; give one at least.")
    rows: list[_Row] = []
    failed = []
    worst = _Worst(shown)
    for picture in progress(pictures, label=label, quiet=quiet):
        begun = perf_counter()
        try:
            found = ask(picture)
            seconds = perf_counter() - begun
            counts = _counted(picture, found) if pixels else None
        except FaultlensError as error:
            failed.append(FailedFile(picture.file, str(error)))
            continue
        rows.append(_Row(picture, *_answers(found), counts, seconds))
        worst.see(Shown(picture, found))
    if not rows:
        raise InputError(
            f"None of {len(pictures)} pictures could be judged. The first: {failed[0].file}: "
            f"{failed[0].reason}"
        )
    return Judgement(_gathered(rows), tuple(failed), worst.false_alarms, worst.misses)


def grown(heat: NDArray[np.floating], height_px: int, width_px: int) -> NDArray[np.float32]:
    """A heat map at the size of its picture, linear between the centres of its cells.

    Args:
        heat: (row, column) 0 to 1, of any resolution.
        height_px: of the picture.
        width_px: of the picture.

    Returns:
        (row, column) 0 to 1.

    Example:
        >>> grown(np.array([[0.0, 1.0]], dtype=np.float32), 1, 4).tolist()
        [[0.0, 0.25, 0.75, 1.0]]
    """
    if heat.shape == (height_px, width_px):
        return heat.astype(np.float32)
    rows = _places(heat.shape[0], height_px)
    columns = _places(heat.shape[1], width_px)
    across = _between(heat.astype(np.float32), columns, axis=1)
    return np.clip(_between(across, rows, axis=0), 0, 1)


_Places = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class _Row:
    picture: LabelledPicture
    inspection: "Inspection"
    scores: dict[str, float]
    no_defect: float
    unknown: float
    counts: PixelCounts | None
    seconds: float


class _Worst:
    """The pictures judged worst so far: their pixels are kept, so there must be few."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[bool, list[Shown]] = {True: [], False: []}

    def see(self, shown: Shown) -> None:
        if self._most:
            kept = self._kept[shown.picture.defective]
            kept.append(shown)
            sign = 1 if shown.picture.defective else -1
            kept.sort(key=lambda x: sign * x.inspection.alarm_score)
            del kept[self._most :]

    @property
    def misses(self) -> tuple[Shown, ...]:
        return tuple(x for x in self._kept[True] if not x.inspection.alarm)

    @property
    def false_alarms(self) -> tuple[Shown, ...]:
        return tuple(x for x in self._kept[False] if x.inspection.alarm)


def _answers(found: "Inspection") -> tuple["Inspection", dict[str, float], float, float]:
    scores: dict[str, float] = {x.label: x.score for x in found.findings if x.kind == "defect"}
    sound = sum(x.score for x in found.findings if x.kind == "no_defect")
    unknown = sum(x.score for x in found.findings if x.kind == "unknown")
    return found, scores, sound, unknown


def _counted(picture: LabelledPicture, found: "Inspection") -> PixelCounts | None:
    if found.heat is None or not picture.is_localised:
        return None
    mask = defect_mask(picture)
    assert mask is not None
    return pixel_counts(grown(found.heat, *mask.shape), mask)


def _gathered(rows: Sequence[_Row]) -> JudgedPictures:
    # Findings come best first: the order of one picture is not that of another.
    sentences = tuple(sorted(rows[0].scores))
    return JudgedPictures(
        file=tuple(x.picture.file for x in rows),
        group=tuple(x.picture.key for x in rows),
        truth=tuple(x.picture.label for x in rows),
        defective=np.array([x.picture.defective for x in rows]),
        sentences=sentences,
        scores=np.array([[x.scores[y] for y in sentences] for x in rows], dtype=np.float64),
        no_defect=np.array([x.no_defect for x in rows], dtype=np.float64),
        unknown=np.array([x.unknown for x in rows], dtype=np.float64),
        alarm_score=np.array([x.inspection.alarm_score for x in rows], dtype=np.float64),
        alarm=np.array([x.inspection.alarm for x in rows]),
        threshold=float(rows[0].inspection.threshold),
        counts=tuple(x.counts for x in rows),
        seconds=np.array([x.seconds for x in rows], dtype=np.float64),
    )


def _places(
    cells: int, pixels: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    at = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    low = np.floor(at).astype(np.intp)
    return low, np.minimum(low + 1, cells - 1), (at - low).astype(np.float32)


def _between(
    values: NDArray[np.float32],
    places: _Places,
    axis: int,
) -> NDArray[np.float32]:
    low, high, share = places
    weight = share[:, None] if axis == 0 else share[None]
    mixed: NDArray[np.float32] = (
        np.take(values, low, axis) * (1 - weight) + np.take(values, high, axis) * weight
    )
    return mixed
