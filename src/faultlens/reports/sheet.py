"""The paper a picture is drawn on: measured in inches from its upper left corner."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultlens.reports.lettering import font_families, write
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.phrases import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


@dataclass(frozen=True, eq=False)
class Sheet:
    """A figure, with an axes over all of it whose coordinates are inches.

    Args:
        figure: the matplotlib figure.
        paper: axes over the whole figure, x to the right and y downwards, inches.
        lang: language of the fixed words.
    """

    figure: "Figure"
    paper: "Axes"
    lang: str

    def words(self, key: str, **values: object) -> str:
        """The fixed words for `key`, with values filled in."""
        return phrase(key, self.lang).format(**values)

    def say(self, x_in: float, y_in: float, text: str, **style: Any) -> "Text":
        """Write text on the paper; it hangs below `y_in`."""
        look = {"fontsize": 7, "color": INK, "va": "top"} | style
        return write(self.paper, x_in, y_in, text, **look)

    def axes(
        self, x_in: float, y_in: float, width_in: float, height_in: float, **options: Any
    ) -> "Axes":
        """New axes with its upper left corner at (x_in, y_in), in the plain style of reports."""
        width, height = self.figure.get_size_inches()
        place = (
            x_in / width,
            1 - (y_in + height_in) / height,
            width_in / width,
            height_in / height,
        )
        axes = self.figure.add_axes(place, facecolor="none", **options)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set(color=RULE, linewidth=0.8)
        axes.tick_params(
            labelsize=7,
            labelcolor=FAINT,
            color=RULE,
            length=3,
            width=0.8,
            pad=2,
            labelfontfamily=font_families()[0],
        )
        return axes


def new_sheet(width_in: float, height_in: float, lang: str) -> Sheet:
    """An empty white sheet.

    Args:
        width_in: width, inches.
        height_in: height, inches.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> new_sheet(10, 7, "zh").words("waveform")
        '时域波形'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from faultlens.core.languages import checked_language

    figure = Figure(figsize=(width_in, height_in), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    paper = figure.add_axes((0, 0, 1, 1), facecolor="none", label="paper")
    paper.set(xlim=(0, width_in), ylim=(height_in, 0))
    paper.set_axis_off()
    return Sheet(figure, paper, checked_language(lang))
