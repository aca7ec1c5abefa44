"""Pictures in, results out, one by one: what is the same for all of them is prepared once."""

import time as clock
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.inference.hot_places import HotPlaces, hot_places
from faultlens.inference.inspection import Inspection, SurfaceFinding
from faultlens.inference.picture_notices import picture_notices
from faultlens.inference.preprocessing import Looked, Preprocessing, looked
from faultlens.inference.shot import Shot
from faultlens.inference.surface_findings import Findings, Scale, surface_findings
from faultlens.profiles.calibrate_surface import measures_of
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.profiles.weighed_picture import weighed
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import inspection_sentence
from faultlens.reports.inspection_view import PictureFinding, PictureView
from faultlens.runtimes.defect_question import UNKNOWN, DefectQuestion
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import Finish, Seen, each_seen
from faultlens.runtimes.surface_scores import Scoring
from faultlens.runtimes.viewing import Viewing

HEAT_LEVEL = 0.5
"""Heat from which a place is hot: even odds, or above what normal parts show."""


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
        ways: what is done to the pictures first.
        finish: what becomes of each tile's rows before they are compared with words; None for
            nothing.
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
    ways: Preprocessing = field(default_factory=Preprocessing)
    finish: Finish | None = None


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
    return shots_inspected(ready, map(Shot, images))


def shots_inspected(ready: Inspector, shots: Iterable[Shot]) -> Iterator[Inspection]:
    """The results of shots of parts, one by one in their order; see `each_inspected`.

    Args:
        ready: what is the same for all of them.
        shots: any number, also from a generator.

    Raises:
        InputError: a picture in which nothing can be seen, or views or infrared of another scene.
        BundleError: the model is damaged.

    Example:
        >>> shots_inspected.__name__  # `inspect` shows it at work
        'shots_inspected'
    """
    taken: deque[Looked] = deque()

    def shown() -> Iterator[Image]:
        for shot in shots:
            taken.append(looked(shot, ready.ways))
            yield taken[-1].shown

    measures = () if ready.profile is None else measures_of(ready.profile.bank)
    started = clock.perf_counter()
    for seen in each_seen(
        ready.model,
        shown(),
        ready.question.meanings,
        ready.scoring,
        viewing=ready.viewing,
        measures=measures,
        finish=ready.finish,
    ):
        result = _inspected(ready, taken.popleft(), seen)
        now = clock.perf_counter()
        yield replace(
            result,
            seconds=now - started,
            view=replace(result.view, seconds=now - started),
        )
        started = clock.perf_counter()


def _inspected(ready: Inspector, shot: Looked, seen: Seen) -> Inspection:
    image = shot.given
    mm_per_pixel = image.mm_per_pixel if ready.mm_per_pixel is None else ready.mm_per_pixel
    what = weighed(seen, ready.scoring, ready.profile)
    alarms = what.anomaly > ready.threshold
    hot = hot_places(shot, seen, what.heat, alarm=alarms, least_level=_least_level(ready))
    found = surface_findings(
        ready.question,
        what,
        hot.spots,
        Scale(image.height, image.width, mm_per_pixel),
        ready.lang,
    )
    findings = tuple(_with_places(x, hot) for x in found.findings)
    alarm = found.anomaly > ready.threshold
    best = _verdict(findings, alarm)
    notices = [
        *shot.shown.warnings,
        *picture_notices(shot.shown),
        *ready.question.notices,
        *found.notices,
        *ready.notices,
    ]
    warnings = tuple(x.of(ready.lang) for x in dict.fromkeys(notices))
    view = _view(ready, image, hot, found, findings, best, alarm, mm_per_pixel, warnings)
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
        history=(*shot.shown.history, _done(seen)),
    )


def _least_level(ready: Inspector) -> float:
    """Beside a product's own normal parts, heat has its level; by text alone, the alarm's is it."""
    return HEAT_LEVEL if ready.profile is not None else max(HEAT_LEVEL, ready.threshold)


def _with_places(finding: SurfaceFinding, hot: HotPlaces) -> SurfaceFinding:
    heat = hot.heat if finding.is_defect else None
    if not finding.regions:
        return replace(finding, heat=heat)
    return replace(finding, mask=hot.mask_of(finding.regions), heat=heat)


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
    hot: HotPlaces,
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
        heat=hot.heat,
        heat_level=hot.level,
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
