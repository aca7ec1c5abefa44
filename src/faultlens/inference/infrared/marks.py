"""Hot spots as pictures and pages show them: in words, in either language."""

from collections.abc import Iterable

from faultlens.core.notice import Notice
from faultlens.inference.infrared.hot_spot_finding import HotSpotFinding
from faultlens.reports.hot_spot_panel import HotSpotMark
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import place_of
from faultlens.reports.inspection_view import SpottedRegion

_HOT = Notice(en="{celsius:.0f} °C, {delta:+.0f} K", zh="{celsius:.0f} °C，{delta:+.0f} K")
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
        >>> mark.words, mark.row
        ('96 °C, +75 K', ('upper left', '96.4 °C', '+75.2 K', '0.90'))
    """
    return tuple(
        HotSpotMark(x.at, x.box, _words(x, lang), _row(x, x.box, picture, lang))
        for x in spots
        if x.at is not None and x.box is not None
    )


def _words(spot: HotSpotFinding, lang: str) -> str:
    delta = spot.spot.delta_celsius
    if spot.spot.celsius is None or delta is None:
        return _WARM.of(lang)
    return _HOT.of(lang).format(celsius=spot.spot.celsius, delta=delta)


def _row(
    spot: HotSpotFinding,
    box: tuple[float, float, float, float],
    picture: tuple[int, int],
    lang: str,
) -> tuple[str, ...]:
    height, width = picture
    place = place_of(SpottedRegion(box, spot.score), width, height)
    celsius, delta = spot.spot.celsius, spot.spot.delta_celsius
    return (
        inspection_phrase(place, lang),
        "" if celsius is None else f"{celsius:.1f} °C",
        "" if delta is None else f"{delta:+.1f} K",
        f"{spot.score:.2f}",
    )
