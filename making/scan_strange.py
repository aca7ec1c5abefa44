"""Forms that are no kind of defect that the model names: for "unknown".

Made things (pockets, slots, holes, letters), ends of the part, and waves: what a scan shows beside
defects. Lengths and heights in cells, as in `making.scan_forms`.
"""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter, rotate

from making.scan_forms import Floats, Plot


def _step(plot: Plot) -> Floats:
    """One side lies lower, along a straight edge."""
    a, b = _axes(plot)
    soft = plot.between(0.3, 4)
    reach = plot.between(15, 60)
    inside = np.clip(0.5 - b / soft, 0, 1) * np.clip(0.5 - (np.abs(a) - reach) / soft, 0, 1)
    return _signed(plot, plot.between(0.5, 8) * inside * (b > -plot.side))


def _pocket(plot: Plot) -> Floats:
    """A milled pocket: rectangular, flat floor, sharp walls."""
    a, b = _axes(plot)
    half, aspect = plot.between(3, 20), plot.between(1, 2.5)
    inside = (np.abs(a) < half * aspect) & (np.abs(b) < half)
    return _signed(plot, plot.between(0.5, 12) * gaussian_filter(inside.astype(float), 0.5))


def _slot(plot: Plot) -> Floats:
    """A keyway: long, flat floor, even width, round ends."""
    a, b = _axes(plot)
    half = plot.between(2, 9)
    reach = half * plot.between(3, 9)
    away = np.hypot(np.clip(np.abs(a) - reach, 0, None), b)
    return np.asarray(
        -plot.between(2, 15) * gaussian_filter((away < half).astype(float), 0.5), np.float64
    )


def _bore(plot: Plot) -> Floats:
    """A drilled hole: a true circle with a flat or conical floor."""
    a, b = _axes(plot)
    r, radius = np.hypot(a, b), plot.between(3, 22)
    cone = 1 + plot.rng.uniform(0, 0.3) * (1 - r / radius)
    hole = np.where(r < radius, cone, 0.0)
    return np.asarray(-2 * radius * plot.between(0.3, 2) * gaussian_filter(hole, 0.4), np.float64)


def _ring(plot: Plot) -> Floats:
    """A groove or ridge that closes in a circle."""
    a, b = _axes(plot)
    radius = plot.between(8, 35)
    width = plot.between(1, 0.3 * radius)
    return _signed(
        plot, width * plot.between(0.2, 1.5) * np.exp(-(((np.hypot(a, b) - radius) / width) ** 2))
    )


def _waves(plot: Plot) -> Floats:
    """Chatter: several even waves within a patch."""
    a, b = _axes(plot)
    period = plot.between(6, 30)
    reach = period * plot.between(1.5, 4)
    fades = np.exp(-((a / reach) ** 2) - (b / (reach * plot.between(0.7, 2))) ** 2)
    return plot.between(0.3, 4) * np.sin(2 * np.pi * a / period) * fades


def _letters(plot: Plot) -> Floats:
    """Stamped strokes that meet at right angles, such as a cross, an L or a T."""
    canvas = np.zeros((plot.side, plot.side))
    middle, reach = plot.side // 2, int(plot.between(8, 35))
    half = max(1, int(reach * plot.rng.uniform(0.06, 0.16)))
    stand = slice(middle - reach, middle + reach)
    canvas[stand, middle - half : middle + half] = 1
    bars = plot.rng.integers(1, 4)
    for at in plot.rng.choice([-reach, 0, reach - 2 * half], bars, replace=False):
        low = middle if plot.chance(0.5) else middle - reach
        canvas[middle + at : middle + at + 2 * half, low : middle + reach] = 1
    turned = rotate(canvas, plot.rng.uniform(0, 360), reshape=False, order=1)
    return _signed(plot, plot.between(0.5, 6) * gaussian_filter(turned, 0.6))


def _wedge(plot: Plot) -> Floats:
    """A ground facet: a plane that sinks to one side and ends at an edge."""
    a, b = _axes(plot)
    reach = plot.between(8, 40)
    inside = (a > 0) & (a < reach) & (np.abs(b) < reach * plot.between(0.5, 1.5))
    sunk = gaussian_filter(np.where(inside, a / reach, 0.0), 0.6)
    return np.asarray(-plot.between(0.5, 8) * sunk, np.float64)


def _grain(plot: Plot) -> Floats:
    """Roughness alone that rose too high at one place: a false find."""
    drawn = plot.texture(plot.between(1, 6))
    a, b = _axes(plot)
    return _signed(plot, drawn * np.exp(-(np.hypot(a, b) ** 2) / 2 / plot.between(3, 15) ** 2))


def _axes(plot: Plot) -> tuple[Floats, Floats]:
    y, x = np.mgrid[: plot.side, : plot.side] - plot.side / 2 + 0.5
    turned = plot.rng.uniform(0, 2 * np.pi)
    return x * np.cos(turned) + y * np.sin(turned), -x * np.sin(turned) + y * np.cos(turned)


def _signed(plot: Plot, heights: Floats) -> Floats:
    return np.asarray(heights * (1 if plot.chance(0.35) else -1), np.float64)


STRANGE: dict[str, Callable[[Plot], Floats]] = {
    "step": _step,
    "pocket": _pocket,
    "slot": _slot,
    "bore": _bore,
    "ring": _ring,
    "waves": _waves,
    "letters": _letters,
    "wedge": _wedge,
    "grain": _grain,
}
"""Forms to be called unknown."""
