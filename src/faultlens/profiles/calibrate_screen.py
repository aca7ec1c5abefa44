"""From healthy frames of one camera to its profile: what is usual, and from where it alarms."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.images.halved import halved
from faultlens.images.image import Image
from faultlens.metrics.conformal import conformal_threshold
from faultlens.profiles.screen_filters_of import filters_of
from faultlens.profiles.screen_profile import ScreenProfile
from faultlens.profiles.standing_out import prepared, strengths
from faultlens.runtimes.screen_filters import ScreenFilters

FEWEST = 30
"""Frames: of fewer neither texture nor threshold could be told."""

MOST_LEARNT = 60
"""Frames that filters and blocks are learnt from; more hardly change them, and take time."""

STANDS_SHARE = 0.2
"""Share of what varies on a frame that must stand on every frame to count as its pattern."""

RARE = 2.5
"""Standard deviations above the mean of a filter's highest answers (of their logarithms)."""

_HALF = 0.5


def screen_profile_of(
    frames: Collection[Image],
    *,
    false_alarms: float = 0.001,
    part: str = "metal surface",
    name: str = "screen",
) -> ScreenProfile:
    """Learn from healthy frames of one camera what its frames look like, and when to alarm.

    A third of them, 60 at most, shows the texture and what is usual at each place; the others set
    the threshold, so that the rate holds for frames like them.

    Args:
        frames: of one camera in its place, all of one size; gone through twice. Those that are
            learnt from are held in memory, grey.
        false_alarms: share of healthy frames that may alarm.
        part: what is on them, in words.
        name: how the profile is called in results.

    Raises:
        UsageError: fewer than 30 frames, or a rate that cannot be.
        UnusableSignalError: frames of several sizes, or plain ones.

    Example:
        >>> screen_profile_of([])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 0 healthy frames; at least 30 of one camera are ...
    """
    if len(frames) < FEWEST:
        raise UsageError(
            f"{len(frames)} healthy frames; at least {FEWEST} of one camera are needed, and "
            "1,000 for one false alarm in a thousand frames."
        )
    learns = _learns(len(frames))
    few = [_grey(x) for x in compress(frames, learns)]
    pattern, size = _pattern(few)
    filters = filters_of(prepared(x, pattern) / np.float32(_mean(x)) for x in few)
    runs = ScreenFilters(filters)
    usual = _usual([np.sqrt(strengths(runs, x, prepared(x, pattern))) for x in few])
    del few
    highest = []
    for frame in compress(frames, [not x for x in learns]):
        _refuse_other_size(frame, size)
        found = strengths(runs, frame, prepared(frame, pattern)) / (usual * usual)
        highest.append(float(np.sqrt(found.max())))
    chosen = conformal_threshold(np.array(highest), false_alarms=false_alarms)
    made = ScreenProfile(
        name=name,
        height_px=size[0],
        width_px=size[1],
        threshold=_HALF,
        false_alarm_rate=chosen.false_alarm_rate,
        wanted_rate=false_alarms,
        scores=(),
        learnt=sum(learns),
        limit=chosen.threshold,
        filters=filters,
        usual=usual,
        pattern=pattern,
        part=part,
    )
    return replace(made, scores=tuple(score_of(x, made.limit) for x in highest))


def score_of(strength: float, limit: float) -> float:
    """The score of a frame, 0 to 1: a half where its strongest place reaches the limit.

    Args:
        strength: of its strongest place, as a multiple of what is usual.
        limit: of the profile.

    Example:
        >>> score_of(3.0, 1.5), score_of(1.5, 1.5)
        (0.6666666666666666, 0.5)
    """
    return strength / (strength + limit)


def _learns(count: int) -> list[bool]:
    # Spread over all of them: light and texture of the last frames may be others than of the first.
    every = max(3, count // MOST_LEARNT)
    return [i % every == 0 and i // every < MOST_LEARNT for i in range(count)]


def _mean(image: Image) -> float:
    return float(halved(image.pixels).mean())


def _refuse_other_size(image: Image, size: tuple[int, int]) -> None:
    if (image.height, image.width) != size:
        raise UnusableSignalError(
            f"{image.name or 'A frame'} has {image.width} x {image.height} pixels and others "
            f"{size[1]} x {size[0]}; give frames of one camera in its place."
        )


def _grey(image: Image) -> Image:
    # Green is all that a screen looks at.
    return Image(image.pixels[..., 1].copy(), image.name) if image.is_colour else image


def _pattern(frames: Sequence[Image]) -> tuple[NDArray[np.float32] | None, tuple[int, int]]:
    """What stands on every frame, if that is much of what varies on them; and their size."""
    total: NDArray[np.float32] | None = None
    size, varies, count = (0, 0), 0.0, 0
    for frame in frames:
        size = (frame.height, frame.width) if total is None else size
        _refuse_other_size(frame, size)
        half = halved(frame.pixels)
        mean = float(half.mean())
        if mean == 0 or float(half.std()) == 0:
            raise UnusableSignalError(
                f"{frame.name or 'A frame'} is plain; check the camera, its light and its lens."
            )
        half = half / np.float32(mean) - np.float32(1)
        varies += float((half * half).mean())
        total = half if total is None else total + half
        count += 1
    assert total is not None
    pattern = total / np.float32(count)
    stands = float((pattern * pattern).mean()) - varies / count / count
    return (pattern if stands > STANDS_SHARE * varies / count else None), size


def _usual(answers: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Strength that healthy frames rarely reach, at each block.

    A part that shakes moves its edges by some pixels, so that the blocks beside count too.
    """
    mean = np.asarray(np.mean(answers, axis=0, dtype=np.float32))
    smooth = np.stack([uniform_filter(x, 3, mode="nearest") for x in mean])
    level = np.median(smooth, axis=(1, 2), keepdims=True)
    wide = np.stack([maximum_filter(x, 3, mode="nearest") for x in smooth])
    usual = np.maximum(np.where(wide > 1.5 * level, wide, smooth), level)
    # Each filter is as rarely the cause of a false alarm as each other, whatever its tails.
    tops = np.log([np.max(x / usual, axis=(1, 2)) for x in answers])
    rare = np.exp(tops.mean(axis=0) + RARE * tops.std(axis=0))
    return np.asarray(usual * rare[:, None, None], dtype=np.float32)
