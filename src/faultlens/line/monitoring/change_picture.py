"""A picture of what changed: frames before and now, or spectra before and now."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.line.monitoring.quality_picture import image_grey
from faultlens.line.monitoring.sights import GREYS, Glance
from faultlens.reports.lettering import write
from faultlens.reports.palette import CURVE, FAINT, INK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NOW = "#d55e00"
"""Colour of what is seen now; the reference is drawn in the grey of curves."""

_BEFORE_WORDS, _NOW_WORDS, _CHANGE_WORDS = "before  此前", "now  现在", "change  变化"
_DPI = 100


def picture_of_frames(before: Glance, now: Glance) -> bytes:
    """Means of frames before and now with their difference, pieces at full size, and their greys.

    Args:
        before: of the reference.
        now: of the frames since the change.

    Returns:
        a PNG, 900 x 640 px.

    Example:
        >>> from faultlens.images.image import Image
        >>> from faultlens.line.monitoring.sights import glance
        >>> dark, light = (glance(Image(np.full((90, 120), x, np.uint8))) for x in (90, 140))
        >>> picture_of_frames(dark, light)[:4]
        b'\\x89PNG'
    """
    figure = _figure(9.0, 6.4)
    top, bottom = (
        [figure.add_axes((0.01 + 0.333 * i, y, 0.313, 0.42)) for i in range(3)]
        for y in (0.52, 0.03)
    )
    for axes, seen, words in ((top[0], before, _BEFORE_WORDS), (top[1], now, _NOW_WORDS)):
        _shown(axes, seen.small, words)
    _difference(top[2], before, now)
    for axes, seen, words in ((bottom[0], before, "1:1"), (bottom[1], now, "1:1")):
        _shown(axes, seen.piece, words)
    _greys(bottom[2], before, now)
    return _png(figure)


def picture_of_spectra(
    before: NDArray[np.floating], now: NDArray[np.floating], band_hz: float
) -> bytes:
    """Spectra before, with the band in which they lay, and now, with their difference below.

    Args:
        before: (window, band) levels of the reference, dB.
        now: (window, band) since the change, dB.
        band_hz: width of a band, Hz.

    Returns:
        a PNG, 900 x 520 px.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(40, 32))
        >>> picture_of_spectra(rows, rows + 3, 100.0)[:4]
        b'\\x89PNG'
    """
    figure = _figure(9.0, 5.2)
    above = figure.add_axes((0.08, 0.40, 0.89, 0.52))
    below = figure.add_axes((0.08, 0.10, 0.89, 0.24), sharex=above)
    hertz = (np.arange(before.shape[1]) + 0.5) * (band_hz or 1.0)
    middle, (low, high) = before.mean(axis=0), np.quantile(before, (0.025, 0.975), axis=0)
    above.fill_between(hertz, low, high, color=CURVE, alpha=0.3, linewidth=0)
    above.plot(hertz, middle, color=CURVE, linewidth=1.2)
    above.plot(hertz, now.mean(axis=0), color=NOW, linewidth=1.2)
    step = now.mean(axis=0) - middle
    below.bar(hertz, step, width=0.8 * (hertz[1] - hertz[0] if len(hertz) > 1 else 1), color=NOW)
    below.axhline(0, color=RULE, linewidth=0.8)
    for axes in (above, below):
        _plain(axes)
        write(axes, -0.075, 1.04, "dB", transform=axes.transAxes, color=FAINT, fontsize=9)
    above.tick_params(labelbottom=False)
    below.set_xlim(0, float(hertz[-1] + hertz[0]))
    write(below, 1.0, -0.36, "Hz", transform=below.transAxes, color=FAINT, fontsize=9, ha="right")
    _legend(above)
    return _png(figure)


def _difference(axes: "Axes", before: Glance, now: Glance) -> None:
    if before.small.shape != now.small.shape:
        axes.set_axis_off()
        return
    step = image_grey(now.small) - image_grey(before.small)
    most = max(float(np.quantile(np.abs(step), 0.99)), 0.02)
    axes.imshow(step, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
    _plain_picture(axes, f"{_CHANGE_WORDS}  ±{100 * most:.0f} %")


def _greys(axes: "Axes", before: Glance, now: Glance) -> None:
    steps = (np.arange(GREYS) + 0.5) / GREYS
    for seen, colour in ((before, CURVE), (now, NOW)):
        share = seen.greys / max(float(seen.greys.sum()), 1.0)
        axes.fill_between(steps, share, step="mid", color=colour, alpha=0.25, linewidth=0)
        axes.plot(steps, share, drawstyle="steps-mid", color=colour, linewidth=1.2)
    _plain(axes)
    axes.set_yticks([])
    axes.set_xlim(0, 1)
    axes.set_position((0.70, 0.09, 0.27, 0.34))
    _legend(axes)


def _shown(axes: "Axes", pixels: NDArray[np.uint8], words: str) -> None:
    axes.imshow(pixels, interpolation="nearest")
    _plain_picture(axes, words)


def _plain_picture(axes: "Axes", words: str) -> None:
    axes.set_axis_off()
    write(axes, 0.0, 1.03, words, transform=axes.transAxes, color=INK, fontsize=10, va="bottom")


def _plain(axes: "Axes") -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=FAINT, labelsize=8, length=3)


def _legend(axes: "Axes") -> None:
    for words, colour, x in ((_BEFORE_WORDS, FAINT, 0.0), (_NOW_WORDS, NOW, 0.35)):
        write(axes, x, 1.04, words, transform=axes.transAxes, color=colour, fontsize=10)


def _figure(width_in: float, height_in: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure((width_in, height_in), dpi=_DPI, facecolor="white")


def _png(figure: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()
