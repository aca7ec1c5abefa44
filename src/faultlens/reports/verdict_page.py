"""One HTML page for a joined verdict: what, why, and what each sensor said."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.html import embedded, page_environment
from faultlens.reports.picture import write_picture
from faultlens.reports.verdict_figure import verdict_figure
from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.verdict_view import VerdictView
from faultlens.reports.verdict_words import joined_sentence, score_of, two_digits

if TYPE_CHECKING:
    from jinja2 import Template


def write_verdict_page(path: str | Path, view: VerdictView, reasons: Sequence[str]) -> None:
    """Write a joined verdict as one HTML page that loads nothing and runs no script.

    Args:
        path: the HTML file to write, whole or not at all.
        view: the verdict.
        reasons: why it is so, in the language of the view.

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: the page cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "report.html"
        >>> view = VerdictView("pump <7>", "healthy", "healthy", 0.9, False, 0.1, 0.9, 0.1, 0.1,
        ...                    0.01, 0, (), ())
        >>> write_verdict_page(target, view, ["Nothing was found."])
        >>> "pump &lt;7&gt;" in target.read_text(encoding="utf-8")
        True
    """
    lang = checked_language(view.lang)
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "verdict.png"
        write_picture(picture, verdict_figure(view))
        page = _template().render(
            view=view,
            lang=lang,
            words=lambda key: verdict_phrase(key, lang),
            digits=two_digits,
            score=score_of,
            sentence=joined_sentence(view),
            reasons=reasons,
            picture=embedded(picture),
        )
    write_text(path, page)


@cache
def _template() -> "Template":
    return page_environment().get_template("verdict.html.jinja")
