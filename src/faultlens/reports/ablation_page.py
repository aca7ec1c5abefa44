"""One HTML file for an ablation: opens anywhere, offline, and holds its pictures."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.ablation_phrases import ablation_phrase
from faultlens.reports.html import embedded, page_environment

if TYPE_CHECKING:
    from jinja2 import Template

Table = tuple[tuple[str, ...], ...]
"""Rows of cells; the first row is the heading. Below a line break in a cell stands its interval."""


@dataclass(frozen=True)
class AblationView:
    """What a page tells of an ablation, in the language of the page already.

    Args:
        title: heading of the page.
        subtitle: data, protocol and seeds in a line.
        worse: sentences that a reader must not miss: where an adapter does harm.
        conclusions: the other sentences about the differences.
        axes: columns of `cells` that say what a combination is.
        cells: one row per combination.
        differences: one row per change.
        notes: over what the intervals are, and where they are too narrow.
        facts: what was measured on what: name and text.
        warnings: what a careful engineer would want to know.
        splits: accuracy of each combination on each split; empty where there is one.
        failed: combinations that gave no result, with the reason.
        failed_files: files that could not be read, with the reason.
        grid: PNG file of what is varied; None where nothing is.
        forest: PNG file of the figures; None where there is none.
    """

    title: str
    subtitle: str
    worse: tuple[str, ...]
    conclusions: tuple[str, ...]
    axes: int
    cells: Table
    differences: Table
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    splits: Table = ()
    failed: tuple[tuple[str, str], ...] = ()
    failed_files: tuple[tuple[str, str], ...] = ()
    grid: Path | None = None
    forest: Path | None = None


def write_ablation_page(path: str | Path, view: AblationView, lang: str = "en") -> None:
    """Write an ablation as one HTML page that loads nothing and runs no script.

    Args:
        path: the HTML file to write, whole or not at all.
        view: what it tells.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: a picture cannot be read, or the page cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "report.html"
        >>> view = AblationView("Text", "", ("Worse.",), (), 1, (("a",), ("b",)), (), (), ())
        >>> write_ablation_page(target, view)
        >>> "Worse." in target.read_text(encoding="utf-8")
        True
    """
    page = _template().render(
        view=view,
        lang=checked_language(lang),
        words=lambda key, **values: ablation_phrase(key, lang, **values),
        pictures={x: embedded(y) if (y := getattr(view, x)) else "" for x in ("grid", "forest")},
    )
    write_text(path, page)


@cache
def _template() -> "Template":
    return page_environment().get_template("ablation.html.jinja")
