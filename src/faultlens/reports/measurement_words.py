"""Sizes with their uncertainty, and the verdict on a scan in one sentence."""

import numpy as np

from faultlens.core.languages import checked_language
from faultlens.images.regions import place_in
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import ROUND_BELOW, score_words
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_view import DefectMark, MeasurementView, ScanFinding
from faultlens.reports.wording import certainty_key

MICROMETRES_BELOW_MM = 0.05
"""Lengths below this are told in micrometres: nobody reads 0.0042 mm at first sight."""


def in_unit(value_mm: float) -> tuple[float, str]:
    """What a length in mm is multiplied with to be read, and the unit it then has.

    Args:
        value_mm: the largest of the lengths that share the unit, mm.

    Example:
        >>> in_unit(0.3), in_unit(0.004)
        ((1.0, 'mm'), (1000.0, 'µm'))
    """
    return (1000.0, "µm") if 0 < abs(value_mm) < MICROMETRES_BELOW_MM else (1.0, "mm")


def with_uncertainty(value: float, half_width: float) -> str:
    """A size with half of its 95 % interval, to the digits that it is known to.

    Args:
        value: of the size.
        half_width: of its interval, in the same unit; 0 or no number where nobody knows.

    Source: GUM (JCGM 100:2008), 7.2.6: at most two significant digits of an uncertainty, and the
        value to the same place.

    Example:
        >>> with_uncertainty(0.31237, 0.0083), with_uncertainty(152.3, 14.2)
        ('0.312 ± 0.008', '152 ± 14')
        >>> with_uncertainty(3.14159, 0.0)
        '3.14'
    """
    if not (np.isfinite(half_width) and half_width > 0):
        return three_digits(value)
    # More than four digits of a size nobody reads, and no scanner has.
    least = 5e-4 * abs(value)
    told = max(half_width, least)
    power = int(np.floor(np.log10(told)))
    # One digit says enough where it is 3 or more; rounding 0.96 up makes it 1.0.
    digits = 1 if told > half_width or round(told / 10.0**power, 9) >= 3 else 2
    decimals = max(digits - 1 - power, 0)
    return f"{value:.{decimals}f} ± {told:.{decimals}f}"


def three_digits(value: float) -> str:
    """A number with three significant digits, never in powers of ten.

    Example:
        >>> three_digits(0.03127), three_digits(12.34), three_digits(1234.5), three_digits(0)
        ('0.0313', '12.3', '1234', '0')
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "–"
    return f"{value:.{max(2 - int(np.floor(np.log10(abs(value)))), 0)}f}"


def length_of(value_mm: float, half_width_mm: float, *, unit: bool = True) -> str:
    """A length with its uncertainty, in mm or in micrometres.

    Args:
        value_mm: mm.
        half_width_mm: half of its 95 % interval, mm.
        unit: whether to say the unit.

    Example:
        >>> length_of(0.3124, 0.0083), length_of(0.0042, 0.0005)
        ('0.312 ± 0.008 mm', '4.2 ± 0.5 µm')
    """
    times, name = in_unit(value_mm)
    told = with_uncertainty(times * value_mm, times * half_width_mm)
    return f"{told} {name}" if unit else told


def known_length(value_mm: float, half_width_mm: float) -> str:
    """A length to the digits that it is known to, without its uncertainty.

    Args:
        value_mm: mm.
        half_width_mm: half of its 95 % interval, mm.

    Example:
        >>> known_length(9.0, 0.4), known_length(0.0042, 0.0005), known_length(9.0, 0.0)
        ('9.0 mm', '4.2 µm', '9.00 mm')
    """
    told, unit = length_of(value_mm, half_width_mm).rsplit(" ", 1)
    return f"{told.split(' ± ')[0]} {unit}"


def measurement_sentence(view: MeasurementView) -> str:
    """The verdict in one sentence, in the language of the view: name, sizes, place, severity.

    Args:
        view: the measured scan; its own sentence is not read.

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> measurement_sentence(example_scan())
        'Dent, certain: 0.3...deep, ...; the part: scrap; threshold 0.62 (1 % false alarms).'
    """
    lang = checked_language(view.lang)
    if view.kind == "no_defect" or not view.counted:
        sentence = _without(view, lang)
    else:
        sentence = _with(view, lang)
    return sentence[0].upper() + sentence[1:]


def threshold_words(view: MeasurementView, lang: str) -> str:
    """The threshold of the alarm and how often good parts exceed it, in words.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> threshold_words(example_scan(), "zh")
        '报警阈值 0.62（误报率 1 %）'
    """
    threshold = score_words(view.threshold)
    if view.false_alarm_rate is None:
        return inspection_phrase("unrated", lang, threshold=threshold)
    rate = f"{100 * view.false_alarm_rate:.2g}"
    return inspection_phrase("rated", lang, threshold=threshold, rate=rate)


def size_clause(mark: DefectMark, lang: str) -> str:
    """How deep or high, how long and wide a defect is, in words.

    Args:
        mark: the defect.
        lang: "en" or "zh".

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> size_clause(example_scan().defects[0], "en")
        '0.3... deep, ... mm across'
    """
    defect = mark.defect
    key = "deep" if defect.kind == "depression" else "high"
    depth = length_of(defect.depth_mm, defect.depth_mm_u95)
    told = [measurement_phrase(key, lang, depth=depth)]
    length = known_length(defect.length_mm, defect.length_mm_u95)
    width = known_length(defect.width_mm, defect.width_mm_u95)
    if defect.length_mm < ROUND_BELOW * defect.width_mm:
        told.append(inspection_phrase("across", lang, length=length))
    else:
        told.append(inspection_phrase("long_wide", lang, length=length, width=width))
    return inspection_phrase("comma", lang).join(told)


def place_key(mark: DefectMark, shape: tuple[int, int]) -> str:
    """Where on the map a defect lies: a key of the phrases; v runs upwards.

    Args:
        mark: the defect.
        shape: rows and columns of the map.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> place_key(example_scan().defects[0], (60, 80))
        'centre'
    """
    top, left, rows, columns = mark.defect.box
    return place_in((left, shape[0] - top - rows, columns, rows), *shape)


def _without(view: MeasurementView, lang: str) -> str:
    least = ""
    if view.roughness_mm is not None:
        times, unit = in_unit(view.roughness_mm)
        told = f"{three_digits(times * view.roughness_mm)} {unit}"
        least = measurement_phrase("roughness_clause", lang, roughness=told)
    threshold = threshold_words(view, lang)
    key = "none" if view.kind == "no_defect" else "unclear"
    return measurement_phrase(key, lang, roughness=least, threshold=threshold)


def _with(view: MeasurementView, lang: str) -> str:
    worst = next((x for x in view.counted if x.label == view.verdict), view.counted[0])
    finding = view.best or ScanFinding(view.verdict, view.alarm_score, "defect")
    certainty = certainty_key(finding.score)
    certainty = "probable" if certainty == "certain" and not view.alarm else certainty
    shape = view.deviations.deviations_mm.shape
    key = place_key(worst, (shape[0], shape[1]))
    place = (measurement_phrase if key == "all over" else inspection_phrase)(key, lang)
    if not key.startswith("all"):
        place = inspection_phrase("at", lang, place=place)
    clauses = [inspection_phrase("comma", lang).join((size_clause(worst, lang), place))]
    others = len(view.counted) - 1
    if others:
        clauses.append(measurement_phrase("others" if others > 1 else "other", lang, count=others))
    if view.severity is not None:
        word = measurement_phrase(view.severity, lang)
        clauses.append(measurement_phrase("part_is", lang, severity=word))
    clauses.append(threshold_words(view, lang))
    joined = inspection_phrase("joint", lang).join(clauses)
    if view.kind == "unknown":
        return measurement_phrase("unknown_defect", lang, clauses=joined)
    return inspection_phrase(
        "alarmed" if view.alarm else "below",
        lang,
        label=view.verdict,
        certainty=inspection_phrase(certainty, lang),
        clauses=joined,
    )
