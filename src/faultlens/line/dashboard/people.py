"""Users as the pages know them: asked of the store, and remembered for a moment."""

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import final

from faultlens.store.errors import StoreError
from faultlens.store.store import Store
from faultlens.store.users import users

REMEMBERED_S = 5.0
"""A removed user is out after so long, s; our convention: a page asks several times a second."""


@final
class People:
    """Names and roles of all users.

    Args:
        store: the database.
        clock: seconds that only grow.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._roles: dict[str, str] = {}
        self._read_s: float | None = None

    def role(self, name: str) -> str:
        """The role of a user; "" for one who is not known, or no longer."""
        with self._lock:
            now_s = self._clock()
            if self._read_s is None or now_s - self._read_s >= REMEMBERED_S:
                # While the database is away the live page is there all the same: who was let in
                # before stays in.
                with suppress(StoreError):
                    self._roles = {x.name: x.role for x in users(self._store)}
                self._read_s = now_s
            return self._roles.get(name, "")

    def forget(self) -> None:
        """Ask the store anew, since somebody has just logged in."""
        with self._lock:
            self._read_s = None
