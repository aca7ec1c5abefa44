"""Hot spots as pictures and pages show them: in words, in either language."""

from collections.abc import Iterable

from faultlens.core.notice import Notice
from faultlens.inference.infrared.hot_spot_finding import HotSpotFinding
from faultlens.reports.hot_spot_panel import HotSpotMark
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import place_of
from faultlens.reports.inspection_view import SpottedRegion

_WARM = Notice(en="warm", zh="偏热")


def marks_of(
    spots: Iterable[HotSpotFinding], picture: tuple[int, int], lang: str = "en"
) -> tuple[HotSpotMark, ...]:
    """What is drawn of hot spots; those that lie outside of the picture are left out.

    Args:
        spots: the worst first.
        picture: height and width of the picture, pixels.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> from faultlens.images.thermal.hot_spot import HotSpot
        >>> spot = HotSpot(10, 20, (18, 8, 5, 5), 21, 0.9, 96.4, 21.2)
        >>> mark, = marks_of([HotSpotFinding(spot, (10, 20), spot.box)], (90, 90))
        >>> mark.words, mark.place, mark.celsius
        ('96 °C, +75 K', 'upper left', 96.4)
    """
    return tuple(
        _mark(x, x.at, x.box, picture, lang)
        for x in spots
        if x.at is not None and x.box is not None
    )


def _mark(
    spot: HotSpotFinding,
    at: tuple[float, float],
    box: tuple[float, float, float, float],
    picture: tuple[int, int],
    lang: str,
) -> HotSpotMark:
    height, width = picture
    celsius, delta = spot.spot.celsius, spot.spot.delta_celsius
    known = celsius is not None and delta is not None
    return HotSpotMark(
        at=at,
        box=box,
        words=f"{celsius:.0f} °C, {delta:+.0f} K" if known else _WARM.of(lang),
        place=inspection_phrase(place_of(SpottedRegion(box, spot.score), width, height), lang),
        celsius=celsius,
        delta_celsius=delta,
        score=spot.score,
    )
