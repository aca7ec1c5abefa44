"""Beside the spectrum: scores against the alarm threshold, severity, and the key to the marks."""

from typing import Any

from faultlens.reports.lettering import fit, text_width_in
from faultlens.reports.palette import ALARM, CURVE, FAINT, FAMILY_COLOURS, INK, RULE
from faultlens.reports.sheet import Sheet
from faultlens.reports.view import ScoredLabel, SignalView

FINDINGS_SHOWN = 6
"""Sentences with a bar of their own; the page lists the others."""


def verdict_colours(view: SignalView) -> tuple[str, ...]:
    """The colours of the verdict: one per family that speaks for it, or ink where none does.

    Example:
        >>> import numpy as np
        >>> x = np.zeros(2)
        >>> view = SignalView("a.csv", x, x, "healthy", "healthy", "", False, 0.9, ())
        >>> verdict_colours(view) == (INK,)
        True
    """
    return tuple(FAMILY_COLOURS[x] for x in view.families) or (INK,)


def draw_findings(
    sheet: Sheet, view: SignalView, x_in: float, y_in: float, width_in: float
) -> None:
    """Draw a bar per sentence asked for, and one for any fault with the threshold of the alarm.

    Args:
        sheet: the paper.
        view: the recording.
        x_in: left end, inches.
        y_in: top, inches.
        width_in: width, inches.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> x = np.zeros(2)
        >>> view = SignalView("a.csv", x, x, "healthy", "healthy", "", False, 0.9, ())
        >>> draw_findings(new_sheet(10, 7, "en"), view, 7.4, 2.8, 2.3)
    """
    sheet.say(x_in, y_in, sheet.words("findings"), fontsize=8.5, weight="bold")
    total = ScoredLabel(sheet.words("any_fault"), "any", view.alarm_score)
    shown = [*view.findings[:FINDINGS_SHOWN], total]
    step, bar = 0.27, width_in - 0.4
    first = y_in + 0.36
    mark = x_in + bar * min(max(view.threshold, 0), 1)
    threshold = sheet.words("alarm_from", threshold=f"{view.threshold:.2f}")
    sheet.say(x_in + width_in, y_in + 0.03, threshold, fontsize=6.5, color=ALARM, ha="right")
    for row, finding in enumerate(shown):
        # A little apart: it is the sum of others, not one more of them.
        y = first + row * step + (0.12 if finding is total else 0.0)
        told = finding.label == view.verdict
        name = sheet.say(
            x_in, y - 0.055, finding.label, va="bottom", weight="bold" if told else "normal"
        )
        fit(sheet.figure, name, width_in)
        sheet.paper.barh(y, bar, left=x_in, height=0.075, color=RULE, alpha=0.5)
        length = bar * min(max(finding.score, 0), 1)
        colours = verdict_colours(view) if told else (CURVE,)
        thick = 0.075 / len(colours)
        for stripe, colour in enumerate(colours):
            top = y - 0.0375 + (stripe + 0.5) * thick
            sheet.paper.barh(top, length, left=x_in, height=thick, color=colour)
        sheet.say(x_in + width_in, y, f"{finding.score:.2f}", ha="right", va="center_baseline")
        if finding is total:
            sheet.paper.vlines(mark, y - 0.06, y + 0.06, color=ALARM, lw=1)
    if len(view.findings) > FINDINGS_SHOWN:
        more = sheet.words("more_findings", count=len(view.findings) - FINDINGS_SHOWN)
        below = first + (len(shown) - 1) * step
        sheet.say(x_in + width_in, below - 0.13, more, fontsize=6.5, color=FAINT, ha="right")


def draw_severity(
    sheet: Sheet, view: SignalView, x_in: float, y_in: float, width_in: float
) -> None:
    """Write what is known of the severity, and what the ISO zone is a grade of.

    Args:
        sheet: the paper.
        view: the recording.
        x_in: left end, inches.
        y_in: top, inches.
        width_in: width, inches.

    Example:
        >>> import numpy as np
        >>> from faultlens.reports.sheet import new_sheet
        >>> x = np.zeros(2)
        >>> view = SignalView("a.csv", x, x, "healthy", "healthy", "", False, 0.9, ())
        >>> draw_severity(new_sheet(10, 7, "en"), view, 7.4, 1.2, 2.3)
    """
    sheet.say(x_in, y_in, sheet.words("severity"), fontsize=8.5, weight="bold")
    known = {
        "velocity_rms": None if view.velocity_rms_mm_s is None else f"{view.velocity_rms_mm_s:.1f}",
        "iso_zone": view.zone,
        "kurtosis": None if view.kurtosis is None else f"{view.kurtosis:.1f}",
        "crest_factor": None if view.crest_factor is None else f"{view.crest_factor:.1f}",
    }
    tiles = [(key, told) for key, told in known.items() if told is not None]
    for place, (key, told) in zip((0.0, 0.34, 0.56, 0.76), tiles, strict=False):
        x = x_in + place * width_in
        number = sheet.say(x, y_in + 0.47, told, fontsize=12, va="baseline")
        if key == "velocity_rms":
            after = x + text_width_in(sheet.figure, number) + 0.03
            sheet.say(after, y_in + 0.47, "mm/s", fontsize=6, color=FAINT, va="baseline")
        sheet.say(x, y_in + 0.61, sheet.words(key), fontsize=6, color=FAINT, va="baseline")
    note = view.machine_group or ""
    if view.velocity_rms_mm_s is None:
        note = sheet.words("zone_unknown")
    elif view.zone is not None:
        note = f"{sheet.words('zone_grades_machine')} {note}".rstrip()
    fit(sheet.figure, sheet.say(x_in, y_in + 0.72, note, fontsize=6.5, color=FAINT), width_in, 3)


def draw_key(
    sheet: Sheet,
    x_in: float,
    y_in: float,
    colours: tuple[str, ...],
    floor: float,
    *,
    fitted: bool = False,
) -> None:
    """Explain the marks of the spectrum.

    Args:
        sheet: the paper.
        x_in: left end, inches.
        y_in: middle of the first row, inches.
        colours: colours of the marked families; several are explained in ink, none not at all.
        floor: strength above which a line counts as matched (nats).
        fitted: whether the lines are those of a geometry that nobody stated.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> draw_key(new_sheet(10, 7, "en"), 0.3, 3.5, (INK,), 0.8)
    """
    colour = colours[0] if len(colours) == 1 else INK
    dot = {"marker": "o", "markeredgecolor": colour, "linestyle": ""}
    middle, step = x_in + 0.07, 0.2
    upright, level = (0.07, -0.07), (0.0, 0.0)
    marks: dict[str, tuple[tuple[float, float], dict[str, Any]]] = {
        "noise_floor": (level, {"color": FAINT, "lw": 0.7, "dashes": (4, 3)}),
        "matched_line": (level, {**dot, "markersize": 4, "markerfacecolor": colour}),
        "sideband": (level, {**dot, "markersize": 3, "markerfacecolor": "white", "mew": 0.7}),
        "expected_line": (upright, {"color": colour, "alpha": 0.6, "lw": 0.8, "dashes": (2, 2)}),
    }
    for row, (key, (ends, look)) in enumerate(marks.items()):
        if row and not colours:
            break
        y = y_in + row * step
        across = [middle, middle]
        if key == "noise_floor":
            across = [x_in, x_in + 0.16]
        sheet.paper.plot(across, [y + end for end in ends], **look)
        name = "fitted_line" if fitted and key == "matched_line" else key
        told = sheet.words(name, floor=floor)
        sheet.say(x_in + 0.22, y, told, fontsize=6.5, color=FAINT, va="center_baseline")
