"""Pictures of inspections as files: photographs keep all of their tones."""

from pathlib import Path
from typing import TYPE_CHECKING
from zlib import Z_RLE

from faultlens.core.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_sheet(path: str | Path, figure: "Figure") -> None:
    """Write a figure with photographs as PNG, whole or not at all, without cutting its tones.

    Args:
        path: the file to write.
        figure: the figure, on the Agg canvas as `inspection_figure` returns it.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> from faultlens.reports.sheet import new_sheet
        >>> target = Path(tempfile.mkdtemp()) / "empty.png"
        >>> write_sheet(target, new_sheet(2, 1, "en").figure)
        >>> target.stat().st_size < 3000
        True
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    pixels, size = canvas.print_to_buffer()  # type: ignore[no-untyped-call]
    drawn = Image.frombuffer("RGBA", size, pixels).convert("RGB")
    with written_whole(path) as temporary:
        # Runs alone are looked for: of noise and flat paper nothing else is gained, and a sheet is
        # written in a third of the time.
        drawn.save(temporary, format="PNG", dpi=(figure.dpi, figure.dpi), compress_type=Z_RLE)
