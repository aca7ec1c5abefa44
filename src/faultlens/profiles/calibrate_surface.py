"""Makes the profile of a product from pictures of its normal parts; none is judged by itself."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.images.stated_roi import EVERYWHERE, KeptRoi
from faultlens.metrics.conformal import conformal_threshold
from faultlens.profiles.references import (
    Subspace,
    memory_distance,
    memory_of,
    quarter_turns,
    subspace_distance,
    subspace_of,
)
from faultlens.profiles.spread import patch_range, spread_of
from faultlens.profiles.surface_profile import ReferenceBank, SurfaceProfile
from faultlens.profiles.weighed_picture import anomaly_at, anomaly_of
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import each_features, each_seen
from faultlens.runtimes.said import Measure
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds
from faultlens.runtimes.viewing import Viewing

MEMORY_PATCHES = 2_048
"""Patches that a profile remembers: 1 MB of the built-in model's."""

ROWS_KEPT = 60_000
"""Patches of all pictures together from which memory and subspace are made: 27 MB at work."""

FOLDS = 5
"""Groups of pictures, each judged by the others; with fewer pictures, each is one."""

TURNED_BELOW = 20
"""Pictures below which their quarter turns are remembered too: a few do not show all."""

SMALLEST_ALONE_PX = 64
"""Sides of a picture that is the only one: its quarters are judged by one another."""

TEXT_GUESS = 1.0
"""Standard deviation of the text's log odds over normal parts, before any were seen (nats)."""

DISTANCE_GUESS = 0.25
"""The same of distances, as a share of their middle."""

_PATCHES_OF_EACH = 2_000

_LEAST_LOG_ODDS, _LEAST_DISTANCE = 0.5, 1e-4
"""Widths that the range of normal patches has at least."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Counted:
    """What a profile states beside what it learned.

    Args:
        name: how the profile is called in results.
        false_alarms: share of normal parts that may alarm.
        defects: sentences that will be asked for; empty for the set of the part.
        part: what is on the pictures, in words.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody said.
        turned: whether quarter turns are remembered too; None for where there are few pictures.
        enhance: what was done to the pictures before they came here.
        roi: where they were cut before they came here.
    """

    name: str = "profile"
    false_alarms: float = 0.01
    defects: tuple[str, ...] = ()
    part: str = "metal surface"
    mm_per_pixel: float | None = None
    turned: bool | None = None
    enhance: tuple[str, ...] = ()
    roi: KeptRoi = EVERYWHERE


@dataclass(frozen=True, eq=False)
class _Normal:
    """What a profile needs of one normal picture, judged by the others; a thousand stay small."""

    text: float
    distances: tuple[float, ...]
    text_patches: Floats
    distance_patches: tuple[Floats, ...]


def surface_profile_of(
    images: Collection[Image],
    model: Model,
    meanings: Meanings,
    scoring: Scoring,
    *,
    viewing: Viewing | None = None,
    stated: Counted | None = None,
) -> SurfaceProfile:
    """The profile of a product; see `profiles.calibrate.calibrate` for the public door.

    Every picture is judged by a memory that holds none of its own patches: against itself it would
    lie at distance 0, and every new part would alarm. Neighbours in the order given are left out
    together, since they are often shots of one part.

    Args:
        images: normal parts, each once; gone through twice, so a generator will not do.
        model: of the kind "image".
        meanings: of the sentences that will be asked for.
        scoring: of the model.
        viewing: how pictures are looked at; None for the size that the model
            is used to.
        stated: what the profile states beside; None for the defaults.

    Raises:
        UsageError: no pictures, or a rate outside 0 to 1.
        InputError: a picture too small to judge, or the only one too small to be quartered.

    Source:
        conformal threshold with the n + 1 correction, `metrics.conformal`; cross-conformal scores:
        Vovk, Annals of Mathematics and Artificial Intelligence 74 (2015).

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> axes = np.eye(2, dtype=np.float32)
        >>> surface_profile_of([], load_model("builtin/text"), Meanings(axes[:1], axes[1:]),
        ...                    Scoring(0.1))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No pictures of normal parts; give one at least, ...
    """
    viewing, stated = viewing or Viewing(), stated or Counted()
    if not len(images):
        raise UsageError("No pictures of normal parts; give one at least, better 100 and more.")
    if not 0 < stated.false_alarms < 1:
        raise UsageError(
            f"A false-alarm rate of {stated.false_alarms}; it must lie between 0 and 1, such as "
            "0.01."
        )
    alone = len(images) == 1
    parts: Collection[Image] = _quarters(next(iter(images))) if alone else images
    turned = len(images) < TURNED_BELOW if stated.turned is None else stated.turned
    folds = _folds(len(parts))
    rows = _kept_rows(model, parts, viewing, turned=turned)
    seen = _judged_by_others(parts, rows, folds, model, meanings, scoring, viewing)
    everything = np.concatenate(rows).astype(np.float32)
    profile = SurfaceProfile(
        name=stated.name,
        model=model.reference,
        threshold=1.0,
        false_alarm_rate=None,
        wanted_rate=stated.false_alarms,
        parts=len(images),
        scores=(),
        text=spread_of([x.text for x in seen], guess=TEXT_GUESS),
        text_patches=patch_range(
            np.concatenate([x.text_patches for x in seen]), least=_LEAST_LOG_ODDS
        ),
        bank=_bank(everything, seen),
        defects=stated.defects,
        part=stated.part,
        mm_per_pixel=stated.mm_per_pixel,
        scales=viewing.scales,
        turned=turned,
        zoom=viewing.zoom,
        enhance=stated.enhance,
        roi=stated.roi,
    )
    scores = [anomaly_of(x.text, x.distances, profile) for x in seen]
    # Where parts are too few to be counted, the bell curve says what the wanted rate would take.
    usual = anomaly_at(NormalDist().inv_cdf(1 - stated.false_alarms))
    if alone:
        # Its quarters say how it varies within itself, not how parts vary.
        top = max(scores)
        return replace(profile, scores=(top,), threshold=max(top, usual))
    chosen = conformal_threshold(np.array(scores), false_alarms=stated.false_alarms)
    few = chosen.false_alarm_rate > stated.false_alarms
    return replace(
        profile,
        scores=tuple(scores),
        # A higher threshold keeps what the lower one promises.
        threshold=max(chosen.threshold, usual) if few else chosen.threshold,
        false_alarm_rate=chosen.false_alarm_rate,
    )


def measures_of(bank: ReferenceBank) -> tuple[Measure, Measure]:
    """The two distances of a bank: to the nearest remembered patch, and out of the subspace.

    Args:
        bank: of normal parts.

    Example:
        >>> from faultlens.profiles.spread import PatchRange, Spread
        >>> axes = np.eye(2, dtype=np.float32)
        >>> bank = ReferenceBank(axes[:1].astype(np.float16), Subspace(np.zeros(2), axes[:1]),
        ...                      (Spread(0.1, 0.1),) * 2, (PatchRange(0.0, 0.1),) * 2)
        >>> [x(axes).tolist() for x in measures_of(bank)]
        [[0.0, 1.0], [0.0, 1.0]]
    """
    return _measures(bank.memory.astype(np.float32), bank.subspace)


def _measures(memory: Floats, subspace: Subspace) -> tuple[Measure, Measure]:
    return (
        lambda rows: memory_distance(rows, memory),
        lambda rows: subspace_distance(rows, subspace),
    )


def _quarters(image: Image) -> list[Image]:
    if min(image.height, image.width) < SMALLEST_ALONE_PX:
        raise InputError(
            f"{image.name or 'The only reference picture'} is {image.width} x {image.height} "
            f"pixels; alone it needs {SMALLEST_ALONE_PX} along both sides, so that its quarters "
            "can be held against one another. Give more pictures of normal parts."
        )
    row, column = image.height // 2, image.width // 2
    return [
        Image(
            image.pixels[rows, columns],
            name=image.name,
            valid=None if image.valid is None else image.valid[rows, columns],
        )
        for rows in (slice(0, row), slice(row, None))
        for columns in (slice(0, column), slice(column, None))
    ]


def _folds(count: int) -> list[int]:
    """The group of each picture: neighbours are in one."""
    groups = min(count, FOLDS)
    return [i * groups // count for i in range(count)]


def _kept_rows(
    model: Model, images: Collection[Image], viewing: Viewing, *, turned: bool
) -> list[NDArray[np.float16]]:
    """Some patches of each picture, drawn at random."""
    copies = 4 if turned else 1
    each = max(1, ROWS_KEPT // (len(images) * copies))
    dice = np.random.default_rng(0)
    rows: list[NDArray[np.float16]] = []
    part: list[NDArray[np.float16]] = []
    for found in each_features(model, _copies(images, turned=turned), viewing=viewing):
        if len(found) > each:
            found = found[np.sort(dice.choice(len(found), each, replace=False))]
        part.append(found.astype(np.float16))
        if len(part) == copies:
            rows.append(np.concatenate(part))
            part = []
    return rows


def _copies(images: Iterable[Image], *, turned: bool) -> Iterator[Image]:
    for image in images:
        if not turned:
            yield image
            continue
        valid = [None] * 4 if image.valid is None else quarter_turns([image.valid])
        for pixels, seen in zip(quarter_turns([image.pixels]), valid, strict=True):
            yield Image(pixels, name=image.name, valid=seen)  # type: ignore[arg-type]  # turned alike


def _judged_by_others(
    images: Collection[Image],
    rows: Sequence[NDArray[np.float16]],
    folds: Sequence[int],
    model: Model,
    meanings: Meanings,
    scoring: Scoring,
    viewing: Viewing,
) -> list[_Normal]:
    found: list[_Normal] = []
    waiting = iter(images)
    for fold in range(max(folds) + 1):
        others = np.concatenate(
            [x for x, its in zip(rows, folds, strict=True) if its != fold]
        ).astype(np.float32)
        measures = _measures(memory_of(others, count=MEMORY_PATCHES), subspace_of(others))
        group = islice(waiting, folds.count(fold))
        for seen in each_seen(model, group, meanings, scoring, viewing=viewing, measures=measures):
            found.append(
                _Normal(
                    seen.text_log_odds,
                    seen.distance_scores,
                    _some(np.asarray(log_odds(seen.anomalous), dtype=np.float32)),
                    tuple(_some(x) for x in seen.distances),
                )
            )
    return found


def _bank(rows: Floats, seen: Sequence[_Normal]) -> ReferenceBank:
    scores = list(zip(*(x.distances for x in seen), strict=True))
    patches = list(zip(*(x.distance_patches for x in seen), strict=True))
    return ReferenceBank(
        memory=memory_of(rows, count=MEMORY_PATCHES).astype(np.float16),
        subspace=subspace_of(rows),
        distances=tuple(
            spread_of(x, guess=max(DISTANCE_GUESS * float(np.mean(x)), _LEAST_DISTANCE))
            for x in scores
        ),
        patches=tuple(patch_range(np.concatenate(x), least=_LEAST_DISTANCE) for x in patches),
    )


def _some(grid: Floats) -> Floats:
    """A bounded number of points of a map, evenly."""
    return grid.ravel()[:: max(1, grid.size // _PATCHES_OF_EACH)].copy()
