"""The log: one JSON object per line on standard error, ours and the server's alike."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO, final

from faultlens.service.facts import facts

ROOTS = ("faultlens", "uvicorn", "asyncio", "opentelemetry")
"""Loggers whose lines, and those of what is under them, are written as JSON: ours, the server's,
and those of what works for us unseen."""

SILENCED = "uvicorn.access"
"""The server's own line per request: it holds query strings, and ours says more."""

LONGEST_LETTERS = 8_000
"""Of a message or a trace: a line must stay what collectors of logs take whole, 16 kB."""

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
# ASCII: every control character and every exotic end of a line becomes an escape.
_encode = json.JSONEncoder(default=str).encode


@final
class JsonLines(logging.Formatter):
    r"""A record as one line of JSON: time, level, logger, message, request_id, extras, trace.

    JSON writes a line break as two letters: nobody can add a line to the log by what he sends.

    Example:
        >>> record = logging.makeLogRecord({"name": "faultlens", "msg": "a\nb", "created": 0.0})
        >>> json.loads(JsonLines().format(record))["time"]
        '1970-01-01T00:00:00.000+00:00'
        >>> len(JsonLines().format(record).splitlines())
        1
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:LONGEST_LETTERS],
        }
        if request_id := facts().request_id:
            line["request_id"] = request_id
        line.update((name, x) for name, x in vars(record).items() if name not in _PLAIN)
        if record.exc_info:
            # The end of a trace names the error, so the beginning is what may be cut.
            line["trace"] = self.formatException(record.exc_info)[-LONGEST_LETTERS:]
        return _encode(line)


@contextmanager
def json_logs(level: str = "info", stream: TextIO | None = None) -> Iterator[None]:
    """Write what faultlens and uvicorn log as JSON lines, while the block runs.

    Args:
        level: least severity: debug, info, warning or error.
        stream: where to; None for standard error.

    Example:
        >>> import io
        >>> page = io.StringIO()
        >>> with json_logs("info", page):
        ...     logging.getLogger("faultlens.example").info("Ready.")
        >>> json.loads(page.getvalue())["message"]
        'Ready.'
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(x) for x in ROOTS]
    # Those under them that have handlers of their own would say everything twice.
    below = [logging.getLogger(x) for x in ("uvicorn.error", SILENCED)]
    before = [(x, x.handlers, x.level, x.propagate) for x in (*loggers, *below)]
    try:
        for logger in loggers:
            logger.handlers, logger.propagate = [handler], False
            logger.setLevel(level.upper())
        for logger in below:
            logger.handlers = []
            logger.propagate = logger.name != SILENCED
            logger.setLevel(logging.NOTSET if logger.propagate else logging.CRITICAL + 1)
        yield
    finally:
        for logger, handlers, was, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(was)
