"""Pictures in, results out, one by one: what is the same for all of them is prepared once."""

import time as clock
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.regions import Region, regions_of
from faultlens.images.tightened import tightened
from faultlens.inference.inspection import Inspection, SurfaceFinding
from faultlens.inference.picture_notices import picture_notices
from faultlens.inference.surface_findings import Findings, Scale, Spot, surface_findings
from faultlens.profiles.calibrate_surface import measures_of
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.profiles.weighed_picture import weighed
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import inspection_sentence
from faultlens.reports.inspection_view import PictureFinding, PictureView, SpottedRegion
from faultlens.runtimes.defect_question import UNKNOWN, DefectQuestion
from faultlens.runtimes.heat import upsampled
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import Seen, each_seen
from faultlens.runtimes.surface_scores import Scoring
from faultlens.runtimes.viewing import Viewing

HEAT_LEVEL = 0.5
"""Heat from which a place is hot: even odds, or above what normal parts show."""

PEAK_SHARE = 0.5
"""Share of the hottest place's heat that counts where a picture alarms and none is hot itself."""

LARGEST_HEAT_PX = 16_000_000
"""Points of a heat map; of larger pictures it is coarser, and the regions are measured on it."""


@dataclass(frozen=True, eq=False)
class Inspector:
    """What is the same for all pictures of a batch.

    Args:
        model: of the kind "image".
        question: what is asked for.
        scoring: of the model.
        viewing: how pictures are looked at.
        threshold: alarm score above which a picture alarms.
        false_alarm_rate: share of normal parts that exceed it; None where nobody measured it.
        profile: of the product; None where text alone decides.
        mm_per_pixel: size of a pixel on the part, mm; None where the pictures say it, or nobody.
        notices: what holds for every picture.
        lang: "en" or "zh".
    """

    model: Model
    question: DefectQuestion
    scoring: Scoring
    viewing: Viewing
    threshold: float
    false_alarm_rate: float | None
    profile: SurfaceProfile | None = None
    mm_per_pixel: float | None = None
    notices: tuple[Notice, ...] = ()
    lang: str = "en"


def each_inspected(ready: Inspector, images: Iterable[Image]) -> Iterator[Inspection]:
    """The results of pictures, one by one in their order; neighbours of one size share a pass.

    Args:
        ready: what is the same for all of them.
        images: any number, also from a generator.

    Raises:
        InputError: a picture in which nothing can be seen.
        BundleError: the model is damaged.

    Example:
        >>> each_inspected.__name__  # `inspect` shows it at work
        'each_inspected'
    """
    taken: deque[Image] = deque()

    def noted() -> Iterator[Image]:
        for image in images:
            taken.append(image)
            yield image

    measures = () if ready.profile is None else measures_of(ready.profile.bank)
    started = clock.perf_counter()
    for seen in each_seen(
        ready.model,
        noted(),
        ready.question.meanings,
        ready.scoring,
        viewing=ready.viewing,
        measures=measures,
    ):
        result = _inspected(ready, taken.popleft(), seen)
        now = clock.perf_counter()
        yield replace(
            result,
            seconds=now - started,
            view=replace(result.view, seconds=now - started),
        )
        started = clock.perf_counter()


def _inspected(ready: Inspector, image: Image, seen: Seen) -> Inspection:
    mm_per_pixel = image.mm_per_pixel if ready.mm_per_pixel is None else ready.mm_per_pixel
    what = weighed(seen, ready.scoring, ready.profile)
    step = int(np.ceil(np.sqrt(image.height * image.width / LARGEST_HEAT_PX)))
    heat = _heat_map(what.heat, image, seen.smooth_px, step)
    level = _level(heat, what.anomaly > ready.threshold, _least_level(ready))
    regions = _places(image, heat, level, step)
    spots = [Spot(_spotted(x, step), _names_at(x, heat.shape, seen)) for x in regions]
    found = surface_findings(
        ready.question,
        what,
        spots,
        Scale(image.height, image.width, mm_per_pixel),
        ready.lang,
    )
    findings = tuple(_with_places(x, spots, regions, heat) for x in found.findings)
    alarm = found.anomaly > ready.threshold
    best = _verdict(findings, alarm)
    notices = [
        *image.warnings,
        *picture_notices(image),
        *ready.question.notices,
        *found.notices,
        *ready.notices,
    ]
    warnings = tuple(x.of(ready.lang) for x in dict.fromkeys(notices))
    view = _view(ready, image, heat, level, found, findings, best, alarm, mm_per_pixel, warnings)
    return Inspection(
        verdict=best.label,
        alarm=alarm,
        alarm_score=found.anomaly,
        threshold=ready.threshold,
        false_alarm_rate=ready.false_alarm_rate,
        findings=findings,
        sentence=view.sentence,
        warnings=warnings,
        model=ready.model.reference,
        seconds=0.0,
        view=view,
        lang=ready.lang,
        file=image.name,
        part=ready.question.part,
        profile=None if ready.profile is None else ready.profile.name,
        references=0 if ready.profile is None else ready.profile.parts,
        history=(*image.history, _done(seen)),
    )


def _places(image: Image, heat: NDArray[np.float32], level: float, step: int) -> tuple[Region, ...]:
    """Hot regions, drawn in to what differs on the picture where the map is as fine as it."""
    regions = regions_of(heat, level)
    if step > 1 or not regions:
        return regions
    grey = image.grey()
    return tuple(tightened(x, grey) for x in regions)


def _heat_map(
    grid: NDArray[np.float32], image: Image, smooth_px: float, step: int
) -> NDArray[np.float32]:
    """(row, column) of the picture, or of every `step`th of its pixels; 0 where nothing is."""
    height, width = (max(1, round(x / step)) for x in (image.height, image.width))
    known = np.nan_to_num(grid, nan=0.0)
    return np.clip(upsampled(known, height, width, smooth_px=smooth_px / step), 0, 1)


def _least_level(ready: Inspector) -> float:
    """Beside a product's own normal parts, heat has its level; by text alone, the alarm's is it."""
    return HEAT_LEVEL if ready.profile is not None else max(HEAT_LEVEL, ready.threshold)


def _level(heat: NDArray[np.float32], alarm: bool, least: float) -> float:
    peak = float(heat.max())
    if alarm and peak < least:
        # Something alarms, though no place does by itself: the hottest places are shown.
        return max(PEAK_SHARE * peak, 1e-6)
    return least


def _spotted(region: Region, step: int) -> SpottedRegion:
    left, top, width, height = region.box
    return SpottedRegion(
        box=(left * step, top * step, width * step, height * step),
        score=float(region.score),
        area_px=region.area_px * step**2,
        length_px=region.length_px * step,
        width_px=region.width_px * step,
        angle_deg=region.angle_deg,
    )


def _names_at(region: Region, shape: tuple[int, int], seen: Seen) -> NDArray[np.floating]:
    """Mean of the names over the places of a region."""
    left, top = region.box[:2]
    rows, columns = seen.names.shape[1:]
    inside = np.argwhere(region.mask)
    at_row = ((top + inside[:, 0] + 0.5) * rows / shape[0]).astype(np.intp)
    at_column = ((left + inside[:, 1] + 0.5) * columns / shape[1]).astype(np.intp)
    places = np.unique(np.minimum(at_row, rows - 1) * columns + np.minimum(at_column, columns - 1))
    flat = seen.names.reshape(len(seen.names), -1)
    return np.asarray(flat[:, places].mean(axis=1, dtype=np.float64))


def _with_places(
    finding: SurfaceFinding,
    spots: Sequence[Spot],
    regions: Sequence[Region],
    heat: NDArray[np.float32],
) -> SurfaceFinding:
    if not finding.regions:
        return replace(finding, heat=heat) if finding.is_defect else finding
    mask = np.zeros(heat.shape, dtype=bool)
    for spot, region in zip(spots, regions, strict=True):
        if spot.region in finding.regions:
            left, top, width, height = (int(x) for x in region.box)
            mask[top : top + height, left : left + width] |= region.mask
    return replace(finding, mask=mask, heat=heat if finding.is_defect else None)


def _verdict(findings: Sequence[SurfaceFinding], alarm: bool) -> SurfaceFinding:
    if not alarm:
        return findings[0]
    # Whatever alarms is named, also where several defects share the probability between them.
    return next(x for x in findings if x.kind != "no_defect" and x.holds)


def _done(seen: Seen) -> str:
    scales = ", ".join(f"{x:g}" for x in seen.scales)
    tiles = "whole" if seen.tiles == len(seen.scales) else f"in {seen.tiles} tiles"
    return f"looked at {tiles}, at scale {scales}"


def _view(
    ready: Inspector,
    image: Image,
    heat: NDArray[np.float32],
    level: float,
    found: Findings,
    findings: Sequence[SurfaceFinding],
    best: SurfaceFinding,
    alarm: bool,
    mm_per_pixel: float | None,
    warnings: tuple[str, ...],
) -> PictureView:
    def shown(label: str, kind: str) -> str:
        ours = label == UNKNOWN or (kind == "no_defect" and not ready.question.sound)
        return inspection_phrase(kind, ready.lang) if ours else label

    view = PictureView(
        name=image.name or "picture",
        pixels=image.rgb() if image.is_colour else image.rgb()[..., 0],
        width_px=image.width,
        height_px=image.height,
        verdict=shown(best.label, best.kind),
        kind=best.kind,
        sentence="",
        alarm=alarm,
        alarm_score=found.anomaly,
        threshold=ready.threshold,
        findings=tuple(
            PictureFinding(shown(x.label, x.kind), x.score, x.kind, x.regions, x.mask, x.conditions)
            for x in findings
        ),
        heat=heat,
        heat_level=level,
        heat_is_probability=ready.profile is None,
        false_alarm_rate=ready.false_alarm_rate,
        part=ready.question.part,
        mm_per_pixel=mm_per_pixel,
        model=ready.model.reference,
        profile=None if ready.profile is None else ready.profile.name,
        warnings=warnings,
        lang=ready.lang,
    )
    sentence = inspection_sentence(view, by_references=ready.profile is not None)
    return replace(view, sentence=sentence)
