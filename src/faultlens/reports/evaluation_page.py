"""One HTML file for an evaluation: opens anywhere, offline, and holds its pictures."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.evaluation_phrases import evaluation_phrase
from faultlens.reports.html import embedded, page_environment

if TYPE_CHECKING:
    from jinja2 import Template

Row = tuple[str, ...]
Table = tuple[Row, ...]
"""Rows of cells; the first row is the heading, the first cell of a row its name. Below a line break
in a cell stands its interval."""


@dataclass(frozen=True)
class EvaluationView:
    """What a page tells of an evaluation, in the language of the page already.

    Args:
        title: heading of the page.
        subtitle: model, data and protocol in a line.
        worse: sentences that a reader must not miss: where a floor is better.
        conclusions: the other sentences about the floors.
        headline: name, value and interval of the first figures.
        interval_notes: over what the intervals are, and where they are too narrow.
        beside: the model and its floors, one row each.
        beside_left_out: floors that were left out, name and reason.
        per_class: one row per class.
        facts: what was measured on what: name and text.
        warnings: what a careful engineer would want to know.
        left_out: what the page does not hold, and why.
        failed: files that could not be read, with the reason.
        pictures: title and PNG file.
    """

    title: str
    subtitle: str
    worse: tuple[str, ...]
    conclusions: tuple[str, ...]
    headline: tuple[tuple[str, str, str], ...]
    interval_notes: tuple[str, ...]
    beside: Table
    beside_left_out: tuple[tuple[str, str], ...]
    per_class: Table
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, Path], ...] = ()


def write_evaluation_page(path: str | Path, view: EvaluationView, lang: str = "en") -> None:
    """Write an evaluation as one HTML page that loads nothing and runs no script.

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
        >>> view = EvaluationView("Pump 7", "", ("Worse.",), (), (), (), (), (), (), ())
        >>> write_evaluation_page(target, view)
        >>> "Worse." in target.read_text(encoding="utf-8")
        True
    """
    page = _template().render(
        view=view,
        lang=checked_language(lang),
        words=lambda key, **values: evaluation_phrase(key, lang, **values),
        pictures=[(title, embedded(picture)) for title, picture in view.pictures],
    )
    write_text(path, page)


@cache
def _template() -> "Template":
    return page_environment().get_template("evaluation.html.jinja")
