"""A page as it is answered: its template, with what every template may ask for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from faultlens.core.errors import DuplicateNameError
from faultlens.line.dashboard.charts.numbers import (
    count_text,
    percent_text,
    score_text,
    seconds_text,
)
from faultlens.line.dashboard.labels import label_in
from faultlens.line.dashboard.moments import time_words
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import person_of, room_of
from faultlens.line.dashboard.standing import standing

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("en", "zh")
"""In which every word stands, in this order."""


@cache
def page_environment() -> "Environment":
    """The environment of the templates.

    Example:
        >>> "base.html.jinja" in page_environment().list_templates()
        True
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # Names, labels and comments come from outside: everything is escaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    drawn: Any = environment.get_template("icons.html.jinja").module
    environment.globals.update(icon=drawn.icon, mark=drawn.mark, media_url=media_url)
    environment.globals.update(
        count_text=count_text,
        percent_text=percent_text,
        score_text=score_text,
        seconds_text=seconds_text,
    )
    return environment


def all_words(pages: Iterable[Page], shared: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The words of all pages in one table.

    Args:
        pages: each with its own.
        shared: words of the frame around them.

    Raises:
        DuplicateNameError: two pages say the same key; the message names it.

    Example:
        >>> all_words((), {"save": ("Save", "保存")})["save"]
        ('Save', '保存')
    """
    table = dict(shared)
    for page in pages:
        for key, words in page.words.items():
            if table.get(key, words) != words:
                raise DuplicateNameError(
                    f"The page {page.path} says the word '{key}' otherwise than another page; "
                    "give it a name of its own."
                )
            table[key] = words
    return table


def translator(words: Mapping[str, tuple[str, str]], language: str) -> Callable[..., str]:
    """A function that says a word in one language, with its numbers filled in.

    Args:
        words: key -> (English, Chinese).
        language: "en" or "zh".

    Example:
        >>> translator({"n_frames": ("{n} frames", "{n} 帧")}, "zh")("n_frames", n=3)
        '3 帧'
    """
    place = LANGUAGES.index(language)

    def said(key: str, **numbers: object) -> str:
        return words[key][place].format(**numbers)

    return said


def shown(
    request: Request,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page, or a fragment of one, as the one who asks sees it.

    Args:
        request: that is answered.
        template: name of the file below `templates`.
        status: of HTTP.
        headers: more of them.
        values: what this template needs beyond what all have.

    Example:
        >>> shown.__name__
        'shown'
    """
    room, person = room_of(request), person_of(request)
    words = translator(room.words, person.language)
    said = request.query_params.get("said", "")
    common = {
        "room": room,
        "settings": room.settings,
        "person": person,
        "language": person.language,
        "here": request.url.path,
        "here_full": _without_said(request),
        "asked": request.query_params.get("asked", ""),
        "t": words,
        "has_word": room.words.__contains__,
        "csrf_field": lambda: _csrf_field(person.csrf),
        "notice": words(said) if said.startswith("said_") and said in room.words else "",
        "standing": standing(room.live()),
        "navigation": [x for x in room.pages if x.in_navigation and person.may(x.role)],
        "style": room.assets.style.name,
        "script": room.assets.script.name,
        "favicon": room.assets.icon.name,
        "now": datetime.now(UTC),
        **time_words(room.zone, person.language),
        "label": lambda x: label_in(x, person.language),
    }
    html = room.environment.get_template(template).render({**common, **values})
    return HTMLResponse(html, status, headers=dict(headers or {}))


def back(request: Request, path: str, said: str = "", asked: str = "") -> RedirectResponse:
    """After a POST: on to a page, which says in a line what came of it.

    Args:
        request: that is answered.
        path: of the page; its own query may stand in it.
        said: key of the word to say, which begins with "said_"; "" for nothing.
        asked: id of the action whose outcome the page shows; "" for none.

    Example:
        >>> back(Request({"type": "http"}), "/alarms", asked="a1").headers["location"]
        '/alarms?asked=a1'
    """
    parts = urlsplit(path)
    kept = [x for x in parse_qsl(parts.query) if x[0] not in ("said", "asked")]
    more = [x for x in (("said", said), ("asked", asked)) if x[1]]
    target = urlunsplit(("", "", parts.path, urlencode(kept + more), parts.fragment))
    return RedirectResponse(target, status_code=303)


def own_path(path: str) -> str:
    """The path where it is one of ours; else the live page: nobody is sent to another site.

    Args:
        path: as it came over the network.

    Example:
        >>> own_path("/alarms?show=history"), own_path("//evil.example"), own_path("https://a.b/")
        ('/alarms?show=history', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def _without_said(request: Request) -> str:
    """Path and query of this page, to come back to it; without what was said on it."""
    kept = [x for x in parse_qsl(request.url.query) if x[0] not in ("said", "asked", "part", "do")]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _csrf_field(token: str) -> str:
    from markupsafe import Markup

    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def media_url(path: str) -> str:
    """The address of a file below the media folder.

    Args:
        path: as records hold it.

    Example:
        >>> media_url("camera 1/a.jpg")
        '/media/camera%201/a.jpg'
    """
    return f"/media/{quote(path)}"
