"""What all requests share, and what is known of the one who asks."""

import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from faultlens.hosting.rates import Rates
from faultlens.line.dashboard.assets import Assets
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.people import People
from faultlens.line.dashboard.sessions import Sessions
from faultlens.line.dashboard.settings import DashboardSettings
from faultlens.line.live import LiveState
from faultlens.store.records import Action
from faultlens.store.store import Store
from faultlens.store.users import may

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, eq=False)
class Room:
    """What all requests share.

    Args:
        store: the database.
        live: how the line stands now; None while it does not say.
        settings: of the pages.
        people: users and their roles.
        sessions: cookies that are signed.
        assets: styles, scripts and fonts.
        environment: of the templates.
        pages: all of them.
        words: of all pages: key -> (English, Chinese).
        zone: in which times are shown.
        rates: how often somebody may try to log in.
        fragments: drawings of the live page's newest states: tag, plain, packed.
    """

    store: Store
    live: Callable[[], LiveState | None]
    settings: DashboardSettings
    people: People
    sessions: Sessions
    assets: Assets
    environment: "Environment"
    pages: tuple[Page, ...]
    words: Mapping[str, tuple[str, str]]
    zone: ZoneInfo
    rates: Rates = field(default_factory=Rates)
    fragments: dict[Hashable, tuple[str, bytes, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Who asks, and how they like to see it.

    Args:
        name: of the user; "" for nobody.
        role: of the user; "" for nobody.
        language: "en" or "zh".
        theme: "auto", "light" or "dark".
        csrf: token that each of their forms carries.
    """

    name: str
    role: str
    language: str
    theme: str
    csrf: str

    def may(self, role: str) -> bool:
        """Whether they may do what this role may."""
        return may(self.role, role)


def room_of(request: Request) -> Room:
    """What this request shares with all others.

    Args:
        request: that is answered.

    Example:
        >>> from starlette.applications import Starlette
        >>> app = Starlette()
        >>> app.state.room = "the room"
        >>> room_of(Request({"type": "http", "app": app}))
        'the room'
    """
    room: Room = request.app.state.room
    return room


def person_of(request: Request) -> Person:
    """Who asks.

    Args:
        request: that is answered.

    Example:
        >>> request = Request({"type": "http"})
        >>> request.state.person = Person("wang", "operator", "zh", "auto", "")
        >>> person_of(request).name
        'wang'
    """
    person: Person = request.state.person
    return person


def said(request: Request) -> Mapping[str, str]:
    """The fields of the form that was sent.

    Args:
        request: a POST; its token has been checked.

    Example:
        >>> request = Request({"type": "http"})
        >>> request.state.form = {"comment": "seen"}
        >>> said(request)["comment"]
        'seen'
    """
    form: Mapping[str, str] = request.state.form
    return form


def ask(
    request: Request,
    kind: str,
    target: str,
    comment: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Action:
    """Ask something of the line, in the name of who is logged in.

    Args:
        request: that is answered.
        kind: of `store.records.ACTIONS`.
        target: what it is about.
        comment: why.
        facts: what else it needs.

    Example:
        >>> from types import SimpleNamespace
        >>> asked = []
        >>> room = SimpleNamespace(store=SimpleNamespace(ask=asked.append))
        >>> app = SimpleNamespace(state=SimpleNamespace(room=room))
        >>> request = Request({"type": "http", "app": app})
        >>> request.state.person = Person("wang", "operator", "zh", "auto", "")
        >>> action = ask(request, "acknowledge", "alarm-1", "seen")
        >>> asked[0].user, asked[0].kind, asked[0].target
        ('wang', 'acknowledge', 'alarm-1')
    """
    action = Action(
        id=secrets.token_hex(16),
        time=datetime.now(UTC),
        kind=kind,
        target=target,
        user=person_of(request).name,
        comment=comment,
        facts=dict(facts or {}),
    )
    room_of(request).store.ask(action)
    return action
