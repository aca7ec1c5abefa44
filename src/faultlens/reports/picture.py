"""A figure as a small PNG: a palette is enough for a drawing, and a third of the size."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = 256
"""Colours of the palette: the most that a PNG palette holds."""


def write_picture(path: str | Path, figure: "Figure") -> None:
    """Write a figure as PNG, whole or not at all, in its own size and resolution.

    Args:
        path: the file to write.
        figure: the figure, on the Agg canvas as `signal_figure` returns it.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> from faultlens.reports.sheet import new_sheet
        >>> target = Path(tempfile.mkdtemp()) / "empty.png"
        >>> write_picture(target, new_sheet(2, 1, "en").figure)
        >>> target.stat().st_size < 2000
        True
    """
    content = picture_bytes(figure)
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def picture_bytes(figure: "Figure") -> bytes:
    """A figure as PNG in memory, in its own size and resolution.

    Args:
        figure: the figure, on the Agg canvas as `signal_figure` returns it.

    Example:
        >>> from faultlens.reports.sheet import new_sheet
        >>> picture_bytes(new_sheet(2, 1, "en").figure)[:4]
        b'\\x89PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    pixels, size = canvas.print_to_buffer()  # type: ignore[no-untyped-call]
    drawn = Image.frombuffer("RGBA", size, pixels).convert("RGB")
    palette = drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The quantiser takes the middle of each cell of colours; paper is white, not almost white.
    entries = palette.getpalette() or []
    palette.putpalette([255 if x >= 252 else x for x in entries])
    dots_per_inch = (figure.dpi, figure.dpi)
    written = io.BytesIO()
    palette.save(written, format="PNG", dpi=dots_per_inch)
    return written.getvalue()
