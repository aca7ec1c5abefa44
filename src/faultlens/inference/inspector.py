"""Pictures in, results out, one by one: what is the same for all of them is prepared once."""

import time as clock
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.inference.hot_places import HotPlaces, hot_places
from faultlens.inference.inspection import InfraredPart, Inspection, SurfaceFinding
from faultlens.inference.picture_notices import BLANK, picture_notices
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

if TYPE_CHECKING:
    from faultlens.profiles.hot_spot_alarm import HotSpotAlarm
    from faultlens.reports.hot_spot_panel import HotSpotMark

HEAT_LEVEL = 0.5
"""Heat from which a place is hot: even odds, or above what normal parts show."""

OTHERWISE = Notice(
    en="The profile was made of whole, single pictures; of a region of interest or of fused views "
    "its false-alarm rate need not hold. Give normal pictures as --references, which are cut "
    "alike, or calibrate on pictures made so.",
    zh="标定档案由完整的单幅图像建立；对感兴趣区域或融合后的多视图，其误报率不一定成立。"
    "请以 --references 给出正常图像（同样裁剪），或用同样处理的图像重新标定。",
)


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
        hot_spot_alarm: threshold of hot spots in the infrared; None where nobody measured it.
        asset: the machine, as its owner calls it; None where nobody said.
        cut_alike: whether the profile was made of pictures cut to the region of interest, too.
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
    hot_spot_alarm: "HotSpotAlarm | None" = None
    asset: str | None = None
    cut_alike: bool = False


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
    return each_looked_at(ready, (looked(Shot(x), ready.ways) for x in images))


def each_looked_at(ready: Inspector, looks: Iterable[Looked]) -> Iterator[Inspection]:
    """The results of shots of parts, preprocessed already; see `each_inspected`.

    Args:
        ready: what is the same for all of them.
        looks: any number, also from a generator.

    Raises:
        InputError: a picture in which nothing can be seen.
        BundleError: the model is damaged.

    Example:
        >>> each_looked_at.__name__  # `inspect` shows it at work
        'each_looked_at'
    """
    taken: deque[Looked] = deque()

    def shown() -> Iterator[Image]:
        for look in looks:
            taken.append(look)
            yield look.shown

    def beside(image: Image) -> Image | None:
        return next(x.beside for x in taken if x.shown is image)

    measures = () if ready.profile is None else measures_of(ready.profile.bank)
    started = clock.perf_counter()
    for seen in each_seen(
        ready.model,
        shown(),
        ready.question.meanings,
        ready.scoring,
        viewing=ready.viewing,
        measures=measures,
        finish=_finish(ready, beside),
    ):
        look = taken.popleft()
        result = _inspected(ready, look, _with_infrared(ready, look, seen))
        now = clock.perf_counter()
        yield replace(
            result,
            seconds=now - started,
            view=replace(result.view, seconds=now - started),
        )
        started = clock.perf_counter()


def _finish(ready: Inspector, beside: Callable[[Image], Image | None]) -> Finish | None:
    """What becomes of each tile's rows: the adapter's work, then the infrared's share."""
    fusion = ready.ways.fusion
    if fusion is None or fusion.level != "feature":
        return ready.finish
    from faultlens.inference.infrared.feature import with_beside

    mixing = with_beside(ready.model, beside, fusion.weight)
    first = ready.finish
    if first is None:
        return mixing
    return lambda image, tile, part, said: mixing(image, tile, part, first(image, tile, part, said))


def _with_infrared(ready: Inspector, look: Looked, seen: Seen) -> Seen:
    """Where both are judged and their odds averaged: what was seen of both."""
    fusion = ready.ways.fusion
    if fusion is None or fusion.level != "decision" or look.beside is None:
        return seen
    from faultlens.inference.infrared.decision import decided

    if look.beside.valid is not None and not look.beside.valid.any():
        return seen
    (infrared,) = each_seen(
        ready.model, [look.beside], ready.question.meanings, ready.scoring, viewing=ready.viewing
    )
    return decided(seen, infrared, fusion.weight)


def _inspected(ready: Inspector, look: Looked, seen: Seen) -> Inspection:
    image = look.given
    mm_per_pixel = image.mm_per_pixel if ready.mm_per_pixel is None else ready.mm_per_pixel
    what = weighed(seen, ready.scoring, ready.profile)
    against = picture_notices(look.shown)
    if BLANK in against:
        what = replace(what, known=0.0)  # nothing is seen on it, not even that it is sound
    alarms = what.anomaly > ready.threshold
    hot = hot_places(look, seen, what.heat, alarm=alarms, least_level=_least_level(ready))
    if ready.profile is not None and (classes := ready.profile.classes) is not None:
        spots = tuple(replace(x, names=classes.calibrated(x.names)) for x in hot.spots)
        hot = replace(hot, spots=spots)
    found = surface_findings(
        ready.question,
        what,
        hot.spots,
        Scale(image.height, image.width, mm_per_pixel),
        ready.lang,
    )
    findings = tuple(_with_places(x, hot) for x in found.findings)
    alarm = found.anomaly > ready.threshold
    best, candidates, doubt = _verdict(ready, findings, alarm)
    notices = [
        *look.notices,
        *against,
        *ready.question.notices,
        *found.notices,
        *doubt,
        *_made_otherwise(ready, look),
        *ready.notices,
    ]
    warnings = tuple(x.of(ready.lang) for x in dict.fromkeys(notices))
    view = _view(ready, look, hot, found, findings, best, candidates, alarm, mm_per_pixel, warnings)
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
        asset=ready.asset,
        time=image.time,
        part=ready.question.part,
        profile=None if ready.profile is None else ready.profile.name,
        references=0 if ready.profile is None else ready.profile.parts,
        history=(*look.shown.history, _done(seen)),
        candidates=candidates,
        roi=look.outline,
        views=look.views,
        infrared=_infrared(ready, look),
    )


def _least_level(ready: Inspector) -> float:
    """Beside a product's own normal parts, heat has its level; by text alone, the alarm's is it."""
    return HEAT_LEVEL if ready.profile is not None else max(HEAT_LEVEL, ready.threshold)


def _with_places(finding: SurfaceFinding, hot: HotPlaces) -> SurfaceFinding:
    heat = hot.heat if finding.is_defect else None
    if not finding.regions:
        return replace(finding, heat=heat)
    return replace(finding, mask=hot.mask_of(finding.regions), heat=heat)


def _verdict(
    ready: Inspector, findings: Sequence[SurfaceFinding], alarm: bool
) -> tuple[SurfaceFinding, tuple[str, ...], tuple[Notice, ...]]:
    """The finding that is the verdict; and where a defect's name is in doubt, which, and why."""
    best = findings[0]
    if alarm:
        # Whatever alarms is named, also where several defects share the probability between them.
        best = next(x for x in findings if x.kind != "no_defect" and x.holds)
    classes = None if ready.profile is None else ready.profile.classes
    if classes is None or not best.is_defect:
        return best, (), ()
    candidates = classes.candidates({x.label: x.score for x in findings if x.is_defect})
    named = next((x for x in findings if (x.label,) == candidates), None)
    if named is not None:
        return named, (), ()
    unknown = next(x for x in findings if x.kind == "unknown")
    return unknown, candidates, (classes.notice(candidates),)


def _made_otherwise(ready: Inspector, look: Looked) -> tuple[Notice, ...]:
    """Doubts in a profile that was made of whole, single pictures; references are cut alike."""
    if ready.profile is None or (look.views == 1 and (ready.cut_alike or look.outline is None)):
        return ()
    return (OTHERWISE,)


def _infrared(ready: Inspector, look: Looked) -> InfraredPart | None:
    if look.pair is None:
        return None
    return InfraredPart(
        look.pair.hot_spots, look.pair.quality, ready.ways.fusion, ready.hot_spot_alarm
    )


def _shown_corners(look: Looked) -> tuple[tuple[float, float], ...]:
    """Corners of the region of interest, those beyond the picture at its rim."""
    if look.outline is None:
        return ()
    wide, tall = look.given.width, look.given.height
    return tuple((min(max(x, 0), wide), min(max(y, 0), tall)) for x, y in look.outline.corners)


def _marks(look: Looked, lang: str) -> "tuple[HotSpotMark, ...]":
    if look.pair is None:
        return ()
    from faultlens.inference.infrared.marks import marks_of

    return marks_of(look.pair.hot_spots, (look.given.height, look.given.width), lang)


def _done(seen: Seen) -> str:
    scales = ", ".join(f"{x:g}" for x in seen.scales)
    tiles = "whole" if seen.tiles == len(seen.scales) else f"in {seen.tiles} tiles"
    again = f"; {seen.zoomed} places again, enlarged" if seen.zoomed else ""
    return f"looked at {tiles}, at scale {scales}{again}"


def _view(
    ready: Inspector,
    look: Looked,
    hot: HotPlaces,
    found: Findings,
    findings: Sequence[SurfaceFinding],
    best: SurfaceFinding,
    candidates: tuple[str, ...],
    alarm: bool,
    mm_per_pixel: float | None,
    warnings: tuple[str, ...],
) -> PictureView:
    def shown(label: str, kind: str) -> str:
        ours = label == UNKNOWN or (kind == "no_defect" and not ready.question.sound)
        return inspection_phrase(kind, ready.lang) if ours else label

    image = look.given
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
        candidates=candidates,
        outline=_shown_corners(look),
        hot_spots=_marks(look, ready.lang),
    )
    sentence = inspection_sentence(view, by_references=ready.profile is not None)
    return replace(view, sentence=sentence)
