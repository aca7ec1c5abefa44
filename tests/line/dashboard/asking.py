"""A client that asks pages as a browser does, without one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from faultlens.line.dashboard.app import dashboard_app
from faultlens.line.dashboard.sessions import COOKIE, new_session
from faultlens.line.dashboard.settings import DashboardSettings
from faultlens.line.live import LiveState
from faultlens.store.store import Store

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def client(
    store: Store, folder: Path, live: Callable[[], LiveState | None] = lambda: None, **settings: Any
) -> TestClient:
    """Nobody yet, at the door."""
    given = {"line": "Press 3", "store": "", "media": folder, "secret_file": folder / "key"}
    app = dashboard_app(store, live, DashboardSettings(**{**given, **settings}))
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def token(asker: TestClient, page: str = "/login") -> str:
    """The token of the forms on a page."""
    found = TOKEN.search(asker.get(page).text)
    assert found is not None, page
    return found[1]


def logged_in(asker: TestClient, name: str) -> TestClient:
    """The same client with the session of that user, whose password is not asked for."""
    sessions = asker.app.state.room.sessions
    asker.cookies.clear()
    asker.cookies.set(COOKIE, sessions.written(new_session(name)))
    return asker
