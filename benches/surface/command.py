"""The command line of a benchmark on real pictures: parts measured in turn, one page written."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benches.surface.answers import Bench
from faultlens.core.errors import FaultlensError
from faultlens.core.files import write_text
from faultlens.evaluation.figures import Section, figures_json
from faultlens.runtimes.picture_model import SURFACE_MODEL

Parts = Mapping[str, Callable[[], Section]]
"""Name -> what measures it."""


def bench_command(
    module: str,
    name: str,
    parts: Callable[[Bench], Parts],
    page_of: Callable[[Sequence[Section]], str],
    *,
    draws: int,
) -> None:
    """Read the command line, measure, print, and write the page where all was measured.

    Args:
        module: that is run, for the help.
        name: of the folder of answers and of the page, in the folder of results.
        parts: what can be measured on a bench.
        page_of: sections -> the page, as Markdown.
        draws: where none are asked for.

    Example:
        >>> bench_command.__name__
        'bench_command'
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("only", nargs="*", help="names of parts; all of them without any")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--model", default=SURFACE_MODEL)
    parser.add_argument("--draws", type=int, default=draws)
    chosen = parser.parse_args()
    images = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
    if not images.is_dir():
        parser.error(f"no real pictures at {images}; set FAULTLENS_SHARED to the folder 'shared'")
    known = parts(Bench(images, chosen.out / name, chosen.model, chosen.draws))
    if strange := [x for x in chosen.only if x not in known]:
        parser.error(f"no part '{strange[0]}'; there are {', '.join(known)}")
    sections = []
    try:
        for part in chosen.only or known:
            print(f"{part} ...", file=sys.stderr, flush=True)
            sections.append(known[part]())
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    page = page_of(sections)
    print(page)
    # A part of the page takes no place of the whole one.
    if not chosen.only:
        write_text(chosen.out / f"{name}.md", page)
        figures = [x for section in sections for x in section.figures]
        write_text(chosen.out / f"{name}.json", figures_json(figures))
