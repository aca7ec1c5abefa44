"""The table `[line]` of `line.toml`, as it stands there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from faultlens.core.errors import UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.line.configuration.line_config import one_of

NAME = re.compile(r"[\w][\w .-]{0,63}")
"""Of a line: also the name of its folder."""

SCHEMES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


@dataclass(frozen=True)
class LineSettings:
    """What holds for the whole line.

    Args:
        name: of the line.
        store: URL of the database.
        state: folder of the journal, of media and previews.
        language: of messages to people.
        time_zone: IANA name, in which shifts and days are counted.
        shifts: name -> time of day at which it begins.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    name: str
    store: str = "sqlite:///line.db"
    state: Path = Path("line-state")
    language: str = "en"
    time_zone: str = "UTC"
    shifts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(
                f"name is '{self.name}'; give letters, digits, spaces, dots and dashes, 64 at most."
            )
        if not self.store.startswith(SCHEMES):
            raise UsageError(
                f"store is '{self.store}'; give sqlite:///FILE or postgresql://USER@HOST/DATABASE."
            )
        one_of("language", self.language, LANGUAGES)
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, LookupError):
            raise UsageError(
                f"time_zone is '{self.time_zone}'; give an IANA name, such as Europe/Berlin."
            ) from None
        for name, begin in self.shifts.items():
            try:
                time.fromisoformat(begin)
            except ValueError:
                raise UsageError(
                    f"shifts: '{name}' begins at '{begin}'; give a time of day, such as 06:00."
                ) from None
