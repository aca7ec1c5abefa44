"""How the service does under load: speed beside the plain handler, overload, and stops.

faultlens bench service [--only match,diagnose,...] [--quick] [--kills N]
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnknownNameError
from faultlens.core.files import write_text
from faultlens.core.optional import optional_import
from faultlens.evaluation.figures import Section, figures_json, tables
from faultlens.evaluation.service import diagnose_bench, kill_bench, match_bench, overload_bench
from faultlens.evaluation.service.payloads import CSV, WAV, diagnose_requests
from faultlens.evaluation.service.processes import serving
from faultlens.evaluation.service.sizes import FULL, QUICK, Sizes
from faultlens.reports.load_figure import latency_figure, overload_figure
from faultlens.reports.picture import write_picture

MATCH, DIAGNOSE, OVERLOAD, WORKERS, KILLS = "match", "diagnose", "overload", "workers", "kills"

PARTS = (MATCH, DIAGNOSE, OVERLOAD, WORKERS, KILLS)
"""In the order in which they run."""

SHAPE = FULL.shape.name

AIMS = {
    (match_bench.TOPIC, f"{SHAPE}, {FULL.clients} clients", match_bench.TIMES): 3.0,
    (match_bench.TOPIC, match_bench.equal_subject(SHAPE), match_bench.WAIT_SHARE): 0.5,
    (
        diagnose_bench.TOPIC, f"{diagnose_bench.WINDOWS}, {WAV}", diagnose_bench.SUSTAINED,
    ): 300.0,
    (
        overload_bench.TOPIC, overload_bench.subject(FULL.overload_s), overload_bench.WELL,
    ): 1.0,
    (kill_bench.TOPIC, kill_bench.TERM, kill_bench.EXACT): 1.0,
}  # fmt: skip
"""(topic, subject, name) -> what the figure is held to."""


def sizes_for(*, quick: bool = False, kills: int | None = None) -> Sizes:
    """Lengths and counts of all parts.

    Args:
        quick: the short form, whose figures mean nothing.
        kills: servers that are told to stop; None for as many as the form has.

    Example:
        >>> sizes_for().kills, sizes_for(kills=20).kills
        (200, 20)
    """
    sizes = QUICK if quick else FULL
    return sizes if kills is None else replace(sizes, kills=kills)


def service_sections(
    parts: Sequence[str], sizes: Sizes, out: Path, models: Path, *, quiet: bool = False
) -> Iterator[Section]:
    """Measure part after part; pictures are written as soon as they can be drawn.

    Args:
        parts: of `PARTS`.
        sizes: lengths and counts.
        out: folder of the pictures.
        models: folder in which the CLIP by lot is made, or lies already.
        quiet: no progress bars.

    Raises:
        UnknownNameError: no such part; the message lists them.
        MissingPackageError: the extra `serve`, or for the part "match" also `train`, is missing.
        FaultlensError: a server that does not start.

    Example:
        >>> next(service_sections(["speed"], QUICK, Path("out"), Path("models")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown part 'speed'. Known: diagnose, kills, ...
    """
    for part in parts:
        if part not in PARTS:
            raise UnknownNameError("part", part, PARTS)
    for package in ("uvicorn", "fastapi", "httptools"):
        optional_import(package, extra="serve")
    if MATCH in parts:
        section, curves = match_bench.match_section(models, sizes, quiet=quiet)
        write_picture(out / "latency.png", latency_figure(curves))
        yield section
    if {DIAGNOSE, OVERLOAD, WORKERS} & set(parts):
        yield from _of_one_server(parts, sizes, out, quiet)
    if KILLS in parts:
        yield kill_bench.kill_section(sizes, quiet=quiet)


def _of_one_server(parts: Sequence[str], sizes: Sizes, out: Path, quiet: bool) -> Iterator[Section]:
    with serving() as server:
        if {DIAGNOSE, OVERLOAD} & set(parts):
            kinds = (CSV, WAV) if DIAGNOSE in parts else (WAV,)
            section = diagnose_bench.diagnose_section(server, sizes, kinds, quiet=quiet)
            yield section
        if OVERLOAD in parts:
            rate = 2 * diagnose_bench.sustained(section)
            requests = diagnose_requests(sizes.files)
            overload = overload_bench.overloaded(server, requests, rate, sizes.overload_s)
            write_picture(
                out / "overload.png",
                overload_figure(
                    overload_bench.ends_by_second(overload), overload.at_s, overload.memory_mb
                ),
            )
            yield overload_bench.overload_section(overload, sizes.overload_s)
        if WORKERS in parts:
            yield kill_bench.worker_section(server, sizes)


def measure(
    parts: Sequence[str], sizes: Sizes, out: Path, models: Path, *, quiet: bool = False
) -> tuple[Section, ...]:
    """Measure and write service.md and service.json into a folder, anew after each part.

    Args:
        parts: of `PARTS`.
        sizes: lengths and counts.
        out: the folder.
        models: folder in which the CLIP by lot is made, or lies already.
        quiet: no progress bars.

    Raises:
        UnknownNameError: no such part; the message lists them.
        MissingPackageError: an extra that is needed is missing.
        FaultlensError: a server that does not start.

    Example:
        >>> measure([], QUICK, Path("out"), Path("models"))
        ()
    """
    sections: list[Section] = []
    for section in service_sections(parts, sizes, out, models, quiet=quiet):
        sections.append(section)
        # Whoever interrupts a run of an hour keeps what is measured.
        write_text(out / "service.md", page(sections))
        figures = [x for each in sections for x in each.figures]
        write_text(out / "service.json", figures_json(figures))
    return tuple(sections)


def page(sections: Sequence[Section]) -> str:
    """The sections as Markdown.

    Args:
        sections: in their order.

    Example:
        >>> page([]).strip()
        '# The service under load'
    """
    return "# The service under load\n\n" + tables(sections, AIMS)
