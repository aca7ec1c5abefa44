"""A figure as an SVG file: text stays text, and the same figure gives the same bytes."""

from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SALT = "faultlens"
"""What the ids in the file are made from, in the place of chance."""

ANY_FONT = "sans-serif"
"""What a viewer takes that has neither of our fonts."""


def write_svg(path: str | Path, figure: "Figure") -> None:
    """Write a figure as SVG, whole or not at all; its words can be searched and edited.

    Args:
        path: the file to write.
        figure: the figure.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> from faultlens.reports.sheet import new_sheet
        >>> sheet, target = new_sheet(2, 1, "en"), Path(tempfile.mkdtemp()) / "one.svg"
        >>> _ = sheet.say(0.2, 0.2, "pump 7")
        >>> write_svg(target, sheet.figure)
        >>> "pump 7</text>" in target.read_text()
        True
    """
    from matplotlib import rc_context
    from matplotlib.text import Text

    thickened = [x for x in figure.findobj(Text) if x.get_path_effects()]
    effects = [x.get_path_effects() for x in thickened]
    for text in thickened:
        # A thickened letter would be written as a curve; a viewer has bold letters of its own.
        text.set_path_effects([])
    try:
        with (
            rc_context({"svg.fonttype": "none", "svg.hashsalt": SALT}),
            written_whole(path) as temporary,
        ):
            figure.savefig(temporary, format="svg", metadata={"Date": None})
            content = temporary.read_text(encoding="utf-8")
            for text in thickened:
                content = _bold(content, str(text.get_gid()))
            content = content.replace("'Faultlens Han'", f"'Faultlens Han', {ANY_FONT}")
            temporary.write_text(content, encoding="utf-8", newline="\n")
    finally:
        for text, effect in zip(thickened, effects, strict=True):
            text.set_path_effects(effect)


def _bold(content: str, gid: str) -> str:
    """The file with the letters of one text bold."""
    start = content.find(f'<g id="{gid}">')
    end = content.find("</g>", start)
    if start < 0:
        return content
    bold = content[start:end].replace('style="font-size', 'style="font-weight: bold; font-size')
    return f"{content[:start]}{bold}{content[end:]}"
