"""Beside an inspected picture: scores against the alarm, regions with their sizes, conditions."""

from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import extent_words, place_of, score_words
from faultlens.reports.inspection_view import PictureFinding, PictureView
from faultlens.reports.lettering import fit
from faultlens.reports.palette import ALARM, CURVE, FAINT, INK, RULE
from faultlens.reports.sheet import Sheet

BAR_IN = 0.27
"""Height of a finding with its bar, inches."""

ROW_IN = 0.2
"""Height of a row of the tables, inches."""

LABELLED_FROM_IN, SCORED_FROM_IN = 3.6, 2.4
"""Width from which the table of regions also names the finding of each, and its score."""

MARKS = {True: "✓", False: "✗", None: "?"}
"""A condition that holds, one that fails, one that cannot be measured."""


def findings_height_in(count: int) -> float:
    """Height of the list of findings, inches.

    Args:
        count: bars that it shows, without that of the alarm.

    Example:
        >>> round(findings_height_in(4), 2)
        2.01
    """
    return 0.36 + (count + 1) * BAR_IN + 0.3


def draw_scores(
    sheet: Sheet, view: PictureView, place_in: tuple[float, float], width_in: float, shown: int
) -> None:
    """Draw a bar per sentence asked for, and one for what the alarm weighs, with its threshold.

    Args:
        sheet: the paper.
        view: the inspected picture.
        place_in: left end and top, inches.
        width_in: width, inches.
        shown: findings that get a bar.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> view = PictureView("a.png", np.zeros((3, 4), np.uint8), 4, 3, "no defect", "no_defect",
        ...                    False, 0.2, 0.5, ())
        >>> draw_scores(new_sheet(10, 7, "en"), view, (7.4, 2.8), 2.3, 6)
    """
    x_in, y_in = place_in
    sheet.say(x_in, y_in, inspection_phrase("findings", sheet.lang), fontsize=8.5, weight="bold")
    told = inspection_phrase("alarm_from", sheet.lang, threshold=score_words(view.threshold))
    sheet.say(x_in + width_in, y_in + 0.03, told, fontsize=6.5, color=ALARM, ha="right")
    weighed = inspection_phrase("any_defect", sheet.lang)
    total = PictureFinding(weighed, view.alarm_score, "defect")
    bar = width_in - 0.42
    y = y_in + 0.36
    for finding in (*view.findings[:shown], total):
        if finding is total:
            left_out = len(view.findings) - shown
            if left_out > 0:
                more = inspection_phrase("more", sheet.lang, count=left_out)
                sheet.say(x_in, y - 0.14, more, fontsize=6.5, color=FAINT)
                y += 0.1
            # A little apart: it is made of the others, not one more of them.
            y += 0.16
        is_verdict = finding is not total and finding.label == view.verdict
        weight = "bold" if is_verdict else "normal"
        name = sheet.say(x_in, y - 0.055, finding.label, va="bottom", weight=weight)
        fit(sheet.figure, name, width_in)
        sheet.paper.barh(y, bar, left=x_in, height=0.075, color=RULE, alpha=0.5)
        length = bar * min(max(finding.score, 0), 1)
        colour = (ALARM if view.alarm else INK) if is_verdict else CURVE
        sheet.paper.barh(y, length, left=x_in, height=0.075, color=colour)
        score = score_words(finding.score)
        sheet.say(x_in + width_in, y, score, ha="right", va="center_baseline")
        if finding is total:
            mark = x_in + bar * min(max(view.threshold, 0), 1)
            sheet.paper.vlines(mark, y - 0.07, y + 0.07, color=ALARM, lw=1.2)
        y += BAR_IN


def draw_regions(
    sheet: Sheet, view: PictureView, place_in: tuple[float, float], width_in: float, shown: int
) -> None:
    """Write a row per region: its number as on the picture, finding, size and place.

    Args:
        sheet: the paper.
        view: the inspected picture.
        place_in: left end and top, inches.
        width_in: width, inches.
        shown: regions that get a row.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> view = PictureView("a.png", np.zeros((3, 4), np.uint8), 4, 3, "no defect", "no_defect",
        ...                    False, 0.2, 0.5, ())
        >>> draw_regions(new_sheet(10, 7, "en"), view, (3, 5), 4.2, 6)
    """
    x_in, y_in = place_in
    title = inspection_phrase("regions_title", sheet.lang)
    sheet.say(x_in, y_in, title, fontsize=8.5, weight="bold")
    if not view.spotted:
        none = inspection_phrase("no_regions", sheet.lang)
        sheet.say(x_in, y_in + 0.24, none, color=FAINT)
        return
    # Columns: number, score, finding, size; the place stands at the right end.
    named = width_in >= LABELLED_FROM_IN
    score_at, name_at = x_in + 0.3, x_in + 0.75
    scored = width_in >= SCORED_FROM_IN
    size_at = x_in + (width_in - 2.0 if named else 0.75 if scored else 0.3)
    right = x_in + width_in
    heads = [(size_at, "size")]
    heads += [(score_at, "score")] if scored else []
    heads += [(name_at, "finding")] if named else []
    for x, key in heads:
        head = inspection_phrase(key, sheet.lang)
        sheet.say(x, y_in + 0.24, head, fontsize=6.5, color=FAINT)
    place = inspection_phrase("place", sheet.lang)
    sheet.say(right, y_in + 0.24, place, fontsize=6.5, color=FAINT, ha="right")
    y = y_in + 0.26 + ROW_IN
    for number, (finding, region) in enumerate(view.spotted[:shown], start=1):
        sheet.paper.hlines(y - 0.045, x_in, right, color=RULE, lw=0.5)
        sheet.say(x_in + 0.03, y, str(number), weight="bold")
        if scored:
            sheet.say(score_at, y, score_words(region.score))
        sheet.say(size_at, y, extent_words(region, view.mm_per_pixel))
        place = inspection_phrase(place_of(region, view.width_px, view.height_px), sheet.lang)
        fit(sheet.figure, sheet.say(right, y, place, ha="right"), 0.95)
        if named:
            fit(sheet.figure, sheet.say(name_at, y, finding.label), size_at - name_at - 0.1)
        y += ROW_IN
    left_out = len(view.spotted) - shown
    if left_out > 0:
        more = inspection_phrase("more", sheet.lang, count=left_out)
        sheet.say(x_in + 0.03, y, more, fontsize=6.5, color=FAINT)


def draw_conditions(
    sheet: Sheet, view: PictureView, place_in: tuple[float, float], width_in: float, shown: int
) -> None:
    """Write what the verdict's sentence says of size and place beside what was measured.

    Args:
        sheet: the paper.
        view: the inspected picture.
        place_in: left end and top, inches.
        width_in: width, inches.
        shown: conditions that get a row.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> view = PictureView("a.png", np.zeros((3, 4), np.uint8), 4, 3, "no defect", "no_defect",
        ...                    False, 0.2, 0.5, ())
        >>> draw_conditions(new_sheet(10, 7, "en"), view, (3, 5), 4.2, 3)
    """
    conditions = () if view.best is None else view.best.conditions[:shown]
    if not conditions:
        return
    x_in, y_in = place_in
    title = inspection_phrase("conditions", sheet.lang)
    sheet.say(x_in, y_in, title, fontsize=8.5, weight="bold")
    for row, condition in enumerate(conditions):
        y = y_in + 0.26 + row * ROW_IN
        sheet.paper.hlines(y - 0.045, x_in, x_in + width_in, color=RULE, lw=0.5)
        sheet.say(x_in + 0.03, y, MARKS[condition.holds], weight="bold")
        stated = sheet.say(x_in + 0.28, y, condition.stated)
        fit(sheet.figure, stated, width_in / 2 - 0.35)
        measured = sheet.say(x_in + width_in, y, condition.measured, color=FAINT, ha="right")
        fit(sheet.figure, measured, width_in / 2)
