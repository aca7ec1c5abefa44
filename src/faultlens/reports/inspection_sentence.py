"""The verdict on a picture in one sentence: defect, certainty, size, place, conditions, alarm."""

from faultlens.core.languages import checked_language
from faultlens.images.regions import place_in
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_view import (
    CheckedCondition,
    PictureFinding,
    PictureView,
    SpottedRegion,
)
from faultlens.reports.wording import certainty_key

ROUND_BELOW = 1.5
"""Length over width up to which a region is told by one figure. Our convention."""


def inspection_sentence(view: PictureView, *, by_references: bool = False) -> str:
    """The verdict in one sentence, in the language of the view.

    Args:
        view: the inspected picture; its own sentence is not read.
        by_references: whether an unknown verdict rests on pictures of good parts.

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> import numpy as np
        >>> region = SpottedRegion((10, 10, 124, 3), 0.8, length_px=124.0, width_px=3.0)
        >>> finding = PictureFinding("scratch", 0.8, "defect", (region,))
        >>> view = PictureView("a.png", np.zeros((300, 400), np.uint8), 400, 300, "scratch",
        ...                    "defect", True, 0.9, 0.62, (finding,), false_alarm_rate=0.01,
        ...                    mm_per_pixel=0.1)
        >>> print(inspection_sentence(view))
        Scratch, probable: 12.4 mm long, 0.30 mm wide, at the upper left;
        threshold 0.62 (1 % false alarms).
    """
    lang = checked_language(view.lang)
    if view.kind == "no_defect":
        sentence = inspection_phrase(
            "none", lang, nearest=_nearest(view), threshold=threshold_words(view)
        )
    elif view.kind == "unknown":
        sentence = _unknown(view, by_references)
    else:
        sentence = _defect(view)
    return sentence[0].upper() + sentence[1:] + _hot_spots(view)


def _hot_spots(view: PictureView) -> str:
    if not view.hot_spots:
        return ""
    worst, others = view.hot_spots[0], len(view.hot_spots) - 1
    more = inspection_phrase("more_hot_spots", view.lang, count=others) if others else ""
    return inspection_phrase("hot_spot", view.lang, place=worst.place, words=worst.words, more=more)


def threshold_words(view: PictureView) -> str:
    """The threshold of the alarm and how often good parts exceed it, in words.

    Args:
        view: the inspected picture.

    Example:
        >>> import numpy as np
        >>> view = PictureView("a.png", np.zeros((3, 4), np.uint8), 4, 3, "no defect", "no_defect",
        ...                    False, 0.2, 0.5, ())
        >>> threshold_words(view)
        'threshold 0.50 (false alarms not measured)'
    """
    threshold = score_words(view.threshold)
    if view.false_alarm_rate is None:
        return inspection_phrase("unrated", view.lang, threshold=threshold)
    rate = f"{100 * view.false_alarm_rate:.2g}"
    return inspection_phrase("rated", view.lang, threshold=threshold, rate=rate)


def score_words(score: float) -> str:
    """A score with two decimals, with more where two would round it to 0 or to 1.

    Args:
        score: 0 to 1.

    Example:
        >>> [score_words(x) for x in (0.9312, 0.9993, 0.0004, 1.0)]
        ['0.93', '0.999', '0.0004', '1.00']
    """
    for decimals in (2, 3, 4):
        words = f"{score:.{decimals}f}"
        if 0 < float(words) < 1:
            return words
    return f"{score:.2f}"


def length_words(length_px: float, mm_per_pixel: float | None) -> str:
    """A length, in millimetres where the scale is known, with three significant digits at most.

    Args:
        length_px: pixels of the picture as it was read.
        mm_per_pixel: mm; None where unknown.

    Example:
        >>> length_words(124, 0.1), length_words(3, 0.1), length_words(12.3, None)
        ('12.4 mm', '0.30 mm', '12 px')
    """
    if mm_per_pixel is None:
        return f"{length_px:.0f} px"
    return f"{_three_digits(length_px * mm_per_pixel)} mm"


def area_words(area_px: float, mm_per_pixel: float | None) -> str:
    """An area, in square millimetres where the scale is known.

    Args:
        area_px: square pixels of the picture as it was read.
        mm_per_pixel: mm; None where unknown.

    Example:
        >>> area_words(250, 0.1), area_words(250, None)
        ('2.50 mm²', '250 px²')
    """
    if mm_per_pixel is None:
        return f"{area_px:.0f} px²"
    return f"{_three_digits(area_px * mm_per_pixel**2)} mm²"


def place_of(region: SpottedRegion, width_px: int, height_px: int) -> str:
    """Where in the picture a region lies: a key of the phrases.

    Args:
        region: the region.
        width_px: width of the picture as it was read, pixels.
        height_px: its height, pixels.

    Example:
        >>> place_of(SpottedRegion((0, 0, 20, 5), 0.9), 100, 100)
        'upper left'
    """
    return place_in(region.box, height_px, width_px)


def size_words(region: SpottedRegion, mm_per_pixel: float | None, lang: str = "en") -> str:
    """How large a region is, in words.

    Args:
        region: the region.
        mm_per_pixel: mm; None where unknown.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> size_words(SpottedRegion((0, 0, 30, 31), 0.9, length_px=31, width_px=30), 0.1)
        '3.10 mm across'
    """
    if region.length_px is None or region.width_px is None:
        width, height = (length_words(x, mm_per_pixel) for x in region.box[2:])
        return inspection_phrase("box_of", lang, width=width, height=height)
    length = length_words(region.length_px, mm_per_pixel)
    if region.length_px < ROUND_BELOW * region.width_px:
        return inspection_phrase("across", lang, length=length)
    width = length_words(region.width_px, mm_per_pixel)
    return inspection_phrase("long_wide", lang, length=length, width=width)


def extent_words(region: SpottedRegion, mm_per_pixel: float | None) -> str:
    """How large a region is, as a table says it: length by width, of the box where no mask is.

    Args:
        region: the region.
        mm_per_pixel: mm; None where unknown.

    Example:
        >>> extent_words(SpottedRegion((0, 0, 90, 90), 0.9, length_px=124, width_px=3), 0.1)
        '12.4 × 0.30 mm'
    """
    sides = region.box[2:]
    if region.length_px is not None and region.width_px is not None:
        sides = (region.length_px, region.width_px)
    first, second = (length_words(x, mm_per_pixel) for x in sides)
    return f"{first.partition(' ')[0]} × {second}"


def _defect(view: PictureView) -> str:
    lang = view.lang
    finding = view.best or PictureFinding(view.verdict, view.alarm_score, "defect")
    certainty = certainty_key(finding.score)
    # A defect that does not alarm is never called certain, however strict the threshold.
    certainty = "probable" if certainty == "certain" and not view.alarm else certainty
    clauses = [_region(view, finding), *(_condition(x, lang) for x in finding.conditions)]
    if len(finding.regions) > 1:
        clauses.insert(1, inspection_phrase("regions", lang, count=len(finding.regions)))
    return inspection_phrase(
        "alarmed" if view.alarm else "below",
        lang,
        label=finding.label,
        certainty=inspection_phrase(certainty, lang),
        clauses=inspection_phrase("joint", lang).join([*clauses, threshold_words(view)]),
    )


def _region(view: PictureView, finding: PictureFinding) -> str:
    if not finding.regions:
        return inspection_phrase("not_located", view.lang)
    worst = finding.regions[0]
    place = _at(view, worst)
    size = size_words(worst, view.mm_per_pixel, view.lang)
    return inspection_phrase("comma", view.lang).join((size, place))


def _at(view: PictureView, region: SpottedRegion) -> str:
    key = place_of(region, view.width_px, view.height_px)
    place = inspection_phrase(key, view.lang)
    return place if key.startswith("all") else inspection_phrase("at", view.lang, place=place)


def _condition(condition: CheckedCondition, lang: str) -> str:
    key = {True: "held", False: "failed", None: "unmeasured"}[condition.holds]
    return inspection_phrase(key, lang, stated=condition.stated, measured=condition.measured)


def _unknown(view: PictureView, by_references: bool) -> str:
    spotted = view.spotted
    threshold = threshold_words(view)
    if view.candidates:
        return _not_apart(view)
    if not spotted and not by_references:
        return inspection_phrase("unclear", view.lang, threshold=threshold)
    key = "unlike_references" if by_references else "unlike_sentences"
    return inspection_phrase(key, view.lang, where=_where(view), threshold=threshold)


def _not_apart(view: PictureView) -> str:
    return inspection_phrase(
        "not_apart" if view.alarm else "not_apart_below",
        view.lang,
        where=_where(view),
        names=inspection_phrase("or", view.lang).join(view.candidates),
        threshold=threshold_words(view),
    )


def _where(view: PictureView) -> str:
    if not view.spotted:
        return inspection_phrase("somewhere", view.lang)
    return inspection_phrase("where", view.lang, place=_at(view, view.spotted[0][1]))


def _nearest(view: PictureView) -> str:
    defects = [x for x in view.findings if x.is_defect]
    if not defects:
        return ""
    best = max(defects, key=lambda x: x.score)
    return inspection_phrase("nearest", view.lang, label=best.label, score=score_words(best.score))


def _three_digits(value: float) -> str:
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"
