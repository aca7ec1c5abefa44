"""Chromium for tests of pages, and the pages themselves at a free port of loopback."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from faultlens.line.dashboard.app import dashboard_app
from faultlens.line.dashboard.serving import listening, url_of
from faultlens.line.dashboard.settings import DashboardSettings
from faultlens.line.live import LiveState
from faultlens.store.store import Store
from tests.timing import PATIENCE_S

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the tests of a file; each makes contexts of its own.

    Not longer: while it is there, playwright's event loop runs in the thread of the tests.
    """
    if PROGRAM is None:
        pytest.skip("no server of pages can be looked at: Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # Root in a container has no sandbox to put it in.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def dashboard(
    store: Store,
    live: Callable[[], LiveState | None],
    folder: Path,
    **settings: Any,
) -> Iterator[str]:
    """Serve the pages of a store and a line; their address.

    Args:
        store: the database.
        live: how the line stands.
        folder: for media (its `media`) and the key of the sessions.
        settings: others of `DashboardSettings`.
    """
    import uvicorn

    media = folder / "media"
    media.mkdir(exist_ok=True)
    given = {"line": "Press 3", "store": "", "media": media, "secret_file": folder / "key"}
    app = dashboard_app(store, live, DashboardSettings(**{**given, **settings}))
    with listening("127.0.0.1", 0) as opened:
        config = uvicorn.Config(
            app, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        arguments = {"sockets": [opened]}
        thread = threading.Thread(target=server.run, kwargs=arguments, daemon=True)
        thread.start()
        try:
            yield url_of(opened)
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def log_in(page: Any, url: str, name: str, password: str) -> None:
    """Log in as somebody through the form, as people do."""
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("button.is-main")
    page.wait_for_url(f"{url}/")
