"""What the pages need to know before they are served, and how the line tells them."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError


@dataclass(frozen=True)
class DashboardSettings:
    """What the line says to the process of its pages.

    Args:
        line: name of the line.
        store: URL of its database.
        media: folder below which previews, pictures and recordings lie.
        secret_file: key that signs sessions; made where there is none.
        host: address to listen at.
        port: 0 takes a free one.
        language: "en" or "zh", of who has not chosen.
        time_zone: IANA name, in which times are shown.
        public_live: whether the live page is shown without login, as on a wall.
        trusted_proxies: addresses or networks whose `X-Forwarded-...` headers are believed.
    """

    line: str
    store: str
    media: Path
    secret_file: Path
    host: str = "127.0.0.1"
    port: int = 8600
    language: str = "en"
    time_zone: str = "UTC"
    public_live: bool = False
    trusted_proxies: tuple[str, ...] = ()


def settings_line(settings: DashboardSettings) -> str:
    """The settings as one line of JSON: what the process reads first from its standard input.

    Args:
        settings: what holds.

    Example:
        >>> given = DashboardSettings("press-3", "sqlite://", Path("/m"), Path("/s"))
        >>> settings_of(settings_line(given)) == given
        True
    """
    table = {k: str(x) if isinstance(x, Path) else x for k, x in asdict(settings).items()}
    return json.dumps(table, ensure_ascii=False)


def settings_of(line: str) -> DashboardSettings:
    """The settings that `settings_line` made this of.

    Args:
        line: of JSON.

    Raises:
        UnreadableFileError: it is none.

    Example:
        >>> settings_of("[]")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: These are no settings of a dashboard: ...
    """
    try:
        table = json.loads(line)
        paths = {x.name for x in fields(DashboardSettings) if x.type is Path}
        values: dict[str, Any] = {k: Path(x) if k in paths else x for k, x in table.items()}
        # JSON knows lists alone.
        proxies = tuple(values.pop("trusted_proxies", ()))
        return DashboardSettings(**values, trusted_proxies=proxies)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableFileError(
            f"These are no settings of a dashboard: {error}. The line writes them by "
            "settings_line() as the first line of the process's standard input."
        ) from error
