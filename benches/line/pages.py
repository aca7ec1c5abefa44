"""How long Chromium takes to show each page of the dashboard over a day of results.

    python -m benches.line.pages [--short] [--out results]

The store is filled as a line leaves it after a day, a result per second. The real application is
served on loopback; each page is asked for, loaded, painted, and all its figures have a size. The
first visit is that of a browser that has nothing of the pages yet.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faultlens.core.files import write_text
from faultlens.evaluation.figures import Figure, Section, figures_json, tables
from faultlens.line.live import LiveState
from faultlens.store.store import open_store
from faultlens.store.users import add_user

COMMAND = "python -m benches.line.pages"
TOPIC = "Pages of the dashboard"
RESULTS = 86_400
"""A result per second for a day, as the issue counts them."""

SHORT_RESULTS = 10_000
VISITS = 9
"""Of each page; the median is told, and the longest."""

WARM, LONGEST, COLD = "shown, median", "shown, longest", "shown, first visit of a new browser"
SHOWN_S = 1.0
PASSWORD = "open sesame 1"

PAGES = {
    "live": "/",
    "wall": "/wall",
    "quality": "/quality",
    "quality, parts, 7 days": "/quality?of=parts&span=7d",
    "search": "/search",
    "search for words": "/search?text=crack+cam-left",
    "one result": "/result?source=cam-left&frame=cam-left-{frame:06d}",
    "drift": "/drift",
    "audit": "/audit",
    "models": "/models",
    "alarms": "/alarms",
}
"""Name -> address; the frame is one in the middle of the day."""

AIMS = {(TOPIC, "quality", name): SHOWN_S for name in (WARM, LONGEST, COLD)}


def measured(results: int, folder: Path) -> Iterator[Figure]:
    """Each page's figures.

    Args:
        results: in the store.
        folder: for the store and the key of the sessions.

    Raises:
        SystemExit: there is no Chromium.

    Example:
        >>> measured.__name__  # --short takes a minute
        'measured'
    """
    from tests.chromium import PROGRAM, dashboard, log_in
    from tests.filled_store import filled

    if PROGRAM is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium.")
    store = open_store(f"sqlite:///{folder / 'day.db'}")
    filled(store, results)
    add_user(store, "anna", "engineer", PASSWORD)
    with ExitStack() as opened:
        opened.callback(store.close)
        url = opened.enter_context(dashboard(store, _now, folder))
        from playwright.sync_api import sync_playwright

        playwright = opened.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        opened.callback(browser.close)
        first = browser.new_page()
        log_in(first, url, "anna", PASSWORD)
        known = first.context.storage_state()
        for name, path in PAGES.items():
            address = url + path.format(frame=results // 2 // 20 * 20)
            # A context of its own has an empty cache.
            context = browser.new_context(
                viewport={"width": 1440, "height": 900}, storage_state=known
            )
            page = context.new_page()
            yield from _figures(name, results, [shown_s(page, address) for _ in range(VISITS + 1)])
            context.close()


def _now() -> LiveState:
    """A busy line at this moment."""
    from tests.line.dashboard.example_line import busy_state

    return replace(busy_state(), time=datetime.now(UTC).isoformat())


def shown_s(page: Any, address: str) -> float:
    """Seconds until a page is loaded and painted with all its figures.

    Args:
        page: of the browser.
        address: of the page.

    Raises:
        SystemExit: a figure of it is not drawn.

    Example:
        >>> shown_s.__name__
        'shown_s'
    """
    started = time.perf_counter()
    page.goto(address)
    page.evaluate("new Promise(x => requestAnimationFrame(() => requestAnimationFrame(x)))")
    took = time.perf_counter() - started
    blank = page.evaluate(
        "[...document.querySelectorAll('svg.drawing')].filter(x => x.checkVisibility() &&"
        " x.getBoundingClientRect().height < 5).length"
    )
    if blank:
        raise SystemExit(f"{address}: {blank} figures are not drawn.")
    return took


def _figures(name: str, results: int, took: Sequence[float]) -> Iterator[Figure]:
    values = ((WARM, statistics.median(took[1:])), (LONGEST, max(took[1:])), (COLD, took[0]))
    for figure, value in values:
        yield Figure(TOPIC, name, figure, "faultlens", value, results, unit="s", command=COMMAND)


def _main() -> None:
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--short", action="store_true", help=f"{SHORT_RESULTS} results")
    parser.add_argument("--results", type=int, help=f"in place of {RESULTS}")
    parser.add_argument("--out", type=Path, default=Path("results"))
    chosen = parser.parse_args()
    results = SHORT_RESULTS if chosen.short else chosen.results or RESULTS
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        figures = tuple(measured(results, Path(folder)))
    note = "From asking for a page to all of it painted, Chromium 1440 x 900; n is results stored."
    page = tables([Section(TOPIC, note, figures)], AIMS)
    print(page)
    write_text(chosen.out / "line_pages.md", page)
    write_text(chosen.out / "line_pages.json", figures_json(figures))


if __name__ == "__main__":
    _main()
