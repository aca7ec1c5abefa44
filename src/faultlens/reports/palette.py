"""Colours of pictures and pages: the same for readers with and without full colour vision."""

from faultlens.signals.evidence import Line

FAMILY_COLOURS = {
    "outer": "#0072b2",
    "inner": "#d55e00",
    "ball": "#00805f",
    "cage": "#a8457f",
    "shaft": "#6b7280",
}
"""Family of lines -> colour. Source: Okabe and Ito, Color Universal Design (2008); the green and
the purple darkened, so that small letters in them reach a contrast of 4.5 on white."""

INK = "#1b2430"
"""Text and axes."""

FAINT = "#5b6573"
"""Second-rank text."""

RULE = "#d5dae1"
"""Hairlines and empty bars."""

CURVE = "#8a94a3"
"""Waveforms and spectra."""

ALARM = "#a61b1b"
"""The alarm mark; always with the word beside it."""

LINE_NAMES = {"outer": "BPFO", "inner": "BPFI", "ball": "2×BSF", "cage": "FTF", "shaft": "1×"}
"""Family of lines -> what engineers call its fundamental, in every language."""


def line_name(family: str, harmonic: int) -> str:
    """The name of one harmonic as it is written beside a peak.

    Args:
        family: one of `signals.evidence.FAMILIES`.
        harmonic: 1 for the fundamental.

    Example:
        >>> line_name("inner", 2), line_name("ball", 3), line_name("shaft", 2)
        ('BPFI 2×', 'BSF 6×', '2×')
    """
    if family == "shaft":
        return f"{harmonic}×"
    if family == "ball":  # the family's fundamental is twice the ball spin order
        return f"BSF {2 * harmonic}×"
    return f"{LINE_NAMES[family]} {harmonic}×"


def peak_name(line: Line) -> str:
    """The name of a line with its sideband, as a table of peaks gives it.

    Args:
        line: a harmonic, or a sideband of one: spaced by the cage order for a ball, by the shaft
            speed (fr) for all others.

    Example:
        >>> peak_name(Line("inner", 2, -1, 9.83, 9.83, 1.2, True))
        'BPFI 2× − fr'
        >>> peak_name(Line("ball", 1, 1, 5.11, 5.11, 1.2, True))
        'BSF 2× + FTF'
    """
    name = line_name(line.family, line.harmonic)
    if line.sideband == 0:
        return name
    sign = "+" if line.sideband > 0 else "−"
    steps = f"{abs(line.sideband)} " if abs(line.sideband) > 1 else ""
    return f"{name} {sign} {steps}{'FTF' if line.family == 'ball' else 'fr'}"
