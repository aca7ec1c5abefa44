"""Which of the labelled pictures are learned from, and what their classes are called."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.pictures.duplicates import grouped
from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT, LabelledPicture

MOST_CLASSES = 50
"""More cannot be told apart by few pictures, and their sentences stand close together."""

MOST_PICTURES = 2000
"""Learned from: an hour of two cores, and far from few."""


@dataclass(frozen=True, eq=False)
class TakenPictures:
    """Labelled pictures to learn from.

    Args:
        pictures: with groups.
        classes: what they are to be told apart as; "no defect" is the last, where it is among them.
        target: (picture,) class of each.
        group: (picture,) number of what no split may cut: near-duplicates and parts.
        notices: what a careful engineer would want to know.
    """

    pictures: tuple[LabelledPicture, ...]
    classes: tuple[str, ...]
    target: NDArray[np.intp]
    group: NDArray[np.intp]
    notices: tuple[Notice, ...] = ()

    @property
    def defects(self) -> tuple[str, ...]:
        """The classes that are a defect."""
        return tuple(x for x in self.classes if x != NO_DEFECT)

    @property
    def has_sound(self) -> bool:
        """Whether pictures without a defect are among them."""
        return NO_DEFECT in self.classes

    def groups_of(self, number: int) -> int:
        """How many groups a class has.

        Args:
            number: of the class.
        """
        return len(np.unique(self.group[self.target == number]))


def taken_pictures(
    pictures: Sequence[LabelledPicture],
    *,
    shots: int | None = None,
    seed: int = 0,
    quiet: bool = True,
) -> TakenPictures:
    """Take so many pictures of each class, each of another part or scene.

    Args:
        pictures: labelled; whose defect nobody named are left out.
        shots: of each class; None takes all.
        seed: of the choice.
        quiet: no progress bar.

    Raises:
        UsageError: no named defect, one class alone, too many classes or pictures.
        UnreadableFileError: a file is no picture.

    Example:
        >>> from pathlib import Path
        >>> pictures = [LabelledPicture(Path(x), x, label, True, 9, 9, group=x)
        ...             for x, label in (("a", "crack"), ("b", "crack"), ("c", "dent"))]
        >>> taken = taken_pictures(pictures, shots=1)
        >>> taken.classes, taken.target.tolist(), len(taken.notices)
        (('crack', 'dent'), [0, 1], 1)
    """
    named = [x for x in pictures if x.label != SOME_DEFECT]
    unnamed = len(pictures) - len(named)
    labels = sorted({x.label for x in named}, key=lambda x: (x == NO_DEFECT, x))
    _check(labels, pictures)
    with_groups = grouped(named, quiet=quiet)
    draw = np.random.default_rng(seed)
    chosen: list[LabelledPicture] = []
    for label in labels:
        its = [x for x in with_groups if x.label == label]
        chosen += its if shots is None else _drawn(its, shots, draw)
    if len(chosen) > MOST_PICTURES:
        raise UsageError(
            f"{len(chosen)} labelled pictures; {MOST_PICTURES} can be tuned on at most. Take some "
            "of each class with --shots, or train a model of its own: faultlens train."
        )
    keys = list(dict.fromkeys(x.key for x in chosen))
    taken = TakenPictures(
        pictures=tuple(chosen),
        classes=tuple(labels),
        target=np.array([labels.index(x.label) for x in chosen], dtype=np.intp),
        group=np.array([keys.index(x.key) for x in chosen], dtype=np.intp),
    )
    return replace(taken, notices=tuple(_notices(taken, shots, unnamed)))


def _check(labels: Sequence[str], pictures: Sequence[LabelledPicture]) -> None:
    defects = [x for x in labels if x != NO_DEFECT]
    if not defects:
        what = ", ".join(f"{n} '{x}'" for x, n in Counter(x.label for x in pictures).items())
        raise UsageError(
            f"Tuning learns what defects are called, and none is named here ({what or 'nothing'}). "
            "Put the pictures of each defect into a folder named as it, or list them in a manifest."
        )
    if len(labels) < 2:
        raise UsageError(
            f"All pictures show '{defects[0]}'; tuning tells classes apart and needs two at least: "
            "another defect, or pictures of sound parts in a folder named 'good'."
        )
    if len(labels) > MOST_CLASSES:
        raise UsageError(f"{len(labels)} classes; {MOST_CLASSES} are the most. Join some of them.")


def _drawn(
    pictures: Sequence[LabelledPicture], shots: int, draw: np.random.Generator
) -> list[LabelledPicture]:
    """One of a group each, since pictures of one part are one; more only where groups run out."""
    order = [pictures[i] for i in draw.permutation(len(pictures))]
    seen: set[str] = set()
    first: list[LabelledPicture] = []
    others: list[LabelledPicture] = []
    for each in order:
        (others if each.key in seen else first).append(each)
        seen.add(each.key)
    return (first + others)[:shots]


def _notices(taken: TakenPictures, shots: int | None, unnamed: int) -> list[Notice]:
    counts = [int((taken.target == i).sum()) for i in range(len(taken.classes))]
    notices = []
    if unnamed:
        notices.append(
            Notice(
                en=f"{unnamed} pictures show a defect that nobody named; they were left out.",
                zh=f"{unnamed} 张图像的缺陷未命名，已略去。",
            )
        )
    once = [taken.classes[i] for i in range(len(counts)) if taken.groups_of(i) == 1]
    if once:
        notices.append(
            Notice(
                en=f"There is one picture, or one part, only of {', '.join(once)}: it cannot be "
                "left out, so that nothing says how well it is told. Add a second one.",
                zh=f"{'、'.join(once)} 只有一张图像或一个零件，无法留出验证，识别效果未知。"
                "请再加一张。",
            )
        )
    few = [f"{x} ({n})" for x, n in zip(taken.classes, counts, strict=True) if shots and n < shots]
    if few:
        notices.append(
            Notice(
                en=f"Fewer than the {shots} pictures asked for: {', '.join(few)}.",
                zh=f"少于所要求的 {shots} 张：{'、'.join(few)}。",
            )
        )
    return notices
