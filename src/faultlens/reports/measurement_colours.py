"""Colours of deviations: blue into the material, orange out of it, even steps for every eye."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

STEPS = 257
"""Colours of the table; the middle one is exactly no deviation."""

PALE, DEEP = 0.955, 0.36
"""Lightness of no deviation and of both ends (OKLab, 0 to 1): alike on both sides, so that the
amount is read from lightness, also in grey print, and the direction from the hue."""

BLUE_DEG, ORANGE_DEG = 256.0, 47.0
"""Hues of the two sides (OKLab): the axis that the common colour blindnesses leave intact."""

MOST_CHROMA, OF_GAMUT = 0.155, 0.96
"""Most chroma (OKLab), and most share of what a screen can show of a hue at a lightness."""

NOT_MEASURED = (226, 228, 232)
"""Where there is no point: a grey that no deviation has."""

_TO_LMS = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.291485548],
    ]
)
_TO_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)


@cache
def deviation_table() -> NDArray[np.uint8]:
    """The colours from the deepest depression to the highest protrusion.

    Returns:
        (step, channel) `STEPS` steps of red, green, blue; the middle one is no deviation.

    Source: Ottosson, A perceptual color space for image processing (OKLab, 2020); two hues that
        protanopes and deuteranopes tell apart, as Crameri et al., The misuse of colour in science
        communication (Nature Communications 11, 2020), advise. Steps are equal lengths in OKLab.

    Example:
        >>> table = deviation_table()
        >>> table[0, 2] > table[0, 0], table[-1, 0] > table[-1, 2], table[128].min() > 230
        (np.True_, np.True_, np.True_)
    """
    half = STEPS // 2
    arms = [_arm(hue, half + 1) for hue in (BLUE_DEG, ORANGE_DEG)]
    return np.concatenate([arms[0][:0:-1], arms[1]])


def deviation_colours(deviations_mm: NDArray[np.floating], limit_mm: float) -> NDArray[np.uint8]:
    """The colour of each deviation; grey where there is none.

    Args:
        deviations_mm: (row, column) or any other shape, mm; NaN where nothing was measured.
        limit_mm: deviation of the last colour on both sides, mm.

    Returns:
        the shape of the deviations with red, green, blue as a last axis.

    Example:
        >>> deviation_colours(np.array([np.nan, 0.0]), 0.5)[0].tolist()
        [226, 228, 232]
    """
    half = STEPS // 2
    with np.errstate(invalid="ignore"):
        share = np.clip(np.asarray(deviations_mm, np.float32) / np.float32(limit_mm), -1, 1)
    missing = ~np.isfinite(share)
    step = np.where(missing, STEPS, np.rint((np.nan_to_num(share) + 1) * half)).astype(np.intp)
    table = np.vstack([deviation_table(), np.array(NOT_MEASURED, np.uint8)])
    return np.asarray(table[step], np.uint8)


def colour_limit_mm(deviations_mm: NDArray[np.floating], depths_mm: list[float]) -> float:
    """The deviation of the last colour: a round figure that holds what there is to see.

    Args:
        deviations_mm: (row, column) or any other shape, of the scan, mm.
        depths_mm: greatest deviations of the defects, mm.

    Example:
        >>> colour_limit_mm(np.zeros((3, 3)), [0.31, 0.07]), colour_limit_mm(np.zeros(3), [])
        (0.4, 0.001)
    """
    most = max(depths_mm, default=0.0)
    if most <= 0:
        finite = np.abs(deviations_mm[np.isfinite(deviations_mm)])
        # A sound surface looks sound: its own scatter stays within the pale third of the colours.
        most = 3 * float(np.quantile(finite, 0.99)) if finite.size else 0.0
    return round_up(most) if most > 0 else 0.001


def round_up(value: float) -> float:
    """The next round figure: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten.

    Args:
        value: positive.

    Example:
        >>> round_up(0.31), round_up(1.0), round_up(0.085)
        (0.4, 1.0, 0.1)
    """
    power = 10.0 ** np.floor(np.log10(value))
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
    return float(f"{next(x for x in steps if x * power >= value * 0.999999) * power:.6g}")


def _arm(hue_deg: float, steps: int) -> NDArray[np.uint8]:
    """From no deviation to one end, at equal lengths of the way through OKLab."""
    share = np.linspace(0, 1, 2001)
    lightness = PALE + (DEEP - PALE) * share
    # Grey enough in the middle that its hue is none, then as vivid as a screen allows.
    wanted = MOST_CHROMA * np.clip(1.9 * share, 0, 1) ** 0.85
    chroma = np.minimum(wanted, OF_GAMUT * _most_chroma(lightness, hue_deg))
    way = np.concatenate([[0], np.cumsum(np.hypot(np.diff(lightness), np.diff(chroma)))])
    at = np.interp(np.linspace(0, way[-1], steps), way, share)
    lightness, chroma = np.interp(at, share, lightness), np.interp(at, share, chroma)
    linear = np.clip(_linear(lightness, chroma, hue_deg), 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * coded), np.uint8)


def _most_chroma(lightness: NDArray[np.float64], hue_deg: float) -> NDArray[np.float64]:
    """The greatest chroma that sRGB holds, by halving."""
    low, high = np.zeros_like(lightness), np.full_like(lightness, 0.4)
    for _ in range(20):
        middle = (low + high) / 2
        linear = _linear(lightness, middle, hue_deg)
        inside = (linear >= 0).all(axis=1) & (linear <= 1).all(axis=1)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low


def _linear(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], hue_deg: float
) -> NDArray[np.float64]:
    hue = np.deg2rad(hue_deg)
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return np.asarray((lab @ _TO_LMS.T) ** 3 @ _TO_LINEAR.T)
