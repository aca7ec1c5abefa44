"""One HTML file for a batch of recordings: opens anywhere, offline, and holds everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.html import embedded, page_environment
from faultlens.reports.machine_words import machine_words
from faultlens.reports.palette import FAMILY_COLOURS, LINE_NAMES, peak_name
from faultlens.reports.phrases import phrase
from faultlens.reports.second_opinion import opinion_sentence
from faultlens.reports.view import NO_FAULT, SignalView
from faultlens.signals.evidence import Line

if TYPE_CHECKING:
    from jinja2 import Template

PICTURES_EMBEDDED = 12
"""Most pictures that go into the file itself; more are linked, so that the page stays small."""


@dataclass(frozen=True, eq=False)
class ReportEntry:
    """One diagnosed recording of a report.

    Args:
        view: what to tell of it.
        picture: its evidence picture, a PNG file; None for an entry without one.
    """

    view: SignalView
    picture: Path | None = None

    @property
    def kind(self) -> str:
        """What it counts as: "faults", "healthy" or "unknown"."""
        return self.view.verdict_fault if self.view.verdict_fault in NO_FAULT else "faults"

    @property
    def peaks(self) -> tuple[Line, ...]:
        """The matched lines of all families, in ascending order."""
        families = () if self.view.evidence is None else self.view.evidence.families
        matched = (x for family in families for x in family.lines if x.matched)
        return tuple(sorted(matched, key=lambda x: x.measured_order))


@dataclass(frozen=True)
class FailedFile:
    """A file of the batch that could not be diagnosed.

    Args:
        file: name of the file.
        reason: what is wrong with it, in words.
    """

    file: str
    reason: str


def write_report(
    path: str | Path,
    entries: Iterable[ReportEntry],
    *,
    title: str,
    lang: str = "en",
    failed: Iterable[FailedFile] = (),
    pictures_embedded: int = PICTURES_EMBEDDED,
) -> None:
    """Write a batch as one HTML page, the worst recording first.

    The page loads nothing from a network and runs no script. Up to `pictures_embedded` pictures
    lie in the file itself; of a larger batch they are linked beside it.

    Args:
        path: the HTML file to write, whole or not at all.
        entries: the diagnosed recordings, in any order.
        title: heading of the page.
        lang: language of the fixed words, "en" or "zh"; labels keep the user's.
        failed: files that could not be diagnosed, with the reason.
        pictures_embedded: most pictures to embed.

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: a picture cannot be read, or the page cannot be written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "report.html"
        >>> write_report(target, [], title="Pump 7", failed=[FailedFile("a.csv", "It is empty.")])
        >>> "It is empty." in target.read_text(encoding="utf-8")
        True
    """
    ranked = sorted(entries, key=_rank)
    unread = tuple(failed)
    embed = sum(x.picture is not None for x in ranked) <= pictures_embedded
    folder = Path(path).parent
    counts = {kind: sum(x.kind == kind for x in ranked) for kind in ("faults", *NO_FAULT)}
    page = _template().render(
        title=title,
        lang=checked_language(lang),
        words=lambda key, **values: phrase(key, lang).format(**values),
        machine=lambda view: machine_words(view, lang),
        opinion=lambda view: opinion_sentence(view.second_opinion, lang),
        entries=[(x, _picture_address(x.picture, folder, embed)) for x in ranked],
        counts=counts | {"failed": len(unread)},
        failed=unread,
    )
    write_text(path, page)


def _rank(entry: ReportEntry) -> tuple[bool, int, float, str]:
    """Alarms, then faults below the threshold, then unknown, then healthy; surest first."""
    view = entry.view
    kind = ("faults", "unknown", "healthy").index(entry.kind)
    # The less sure "healthy" is, the worse; the surer a fault is, the worse.
    score = (view.score or 0.0) * (1 if kind == 2 else -1)
    return (not view.alarm, kind, score, view.file)


def _picture_address(picture: Path | None, folder: Path, embed: bool) -> str | None:
    if picture is None:
        return None
    if embed:
        return embedded(picture)
    return quote(Path(relpath(picture, folder)).as_posix())


@cache
def _template() -> "Template":
    environment = page_environment()
    environment.globals |= {"colours": FAMILY_COLOURS, "line_names": LINE_NAMES}
    environment.filters["peak_name"] = peak_name
    return environment.get_template("report.html.jinja")
