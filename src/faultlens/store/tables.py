"""The tables of a store, as SQLAlchemy sees them; `migrations` make and change them.

A moment is a whole number of microseconds since 1970 in UTC: exact, in order, and the same in both
databases. What a list never shows (findings, embeddings) stands in a table of its own, so that a
list reads little.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
# Byte order in both databases, so that a search for what begins with a word can use the index.
_KEY = Text().with_variant(Text(collation="C"), "postgresql")


def _words(name: str, default: str | None = "") -> Column[str]:
    """A column of text; without a default it may be empty."""
    return Column(name, _KEY, nullable=default is None)


RESULTS = Table(
    "results", METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _words("source"), _words("frame"), _words("channel"),
    Column("time", BigInteger, nullable=False),
    Column("judged", BigInteger, nullable=False),
    _words("verdict"),
    Column("alarm", Boolean, nullable=False),
    Column("score", Float(53), nullable=False),
    Column("threshold", Float(53), nullable=False),
    _words("kind"), _words("part", None), _words("asset", None), _words("shift"),
    _words("model"), _words("profile", None),
    Column("false_alarm_rate", Float(53)),
    _words("error"),
    Column("latency_s", Float(53), nullable=False),
    _words("preview", None), _words("media", None), _words("media_sha256", None),
    UniqueConstraint("source", "frame", name="results_key"),
    Index("results_time", "time", "id"),
    Index("results_source", "source", "time", "id"),
    Index("results_verdict", "verdict", "time", "id"),
    Index("results_asset", "asset", "time", "id"),
    Index("results_part", "part", "time", "id"),
    Index(
        "results_alarm", "time", "id",
        postgresql_where=text("alarm"), sqlite_where=text("alarm = 1"),
    ),
    Index(
        "results_media", "time",
        postgresql_where=text("media IS NOT NULL OR preview IS NOT NULL"),
        sqlite_where=text("media IS NOT NULL OR preview IS NOT NULL"),
    ),
    # A number that was removed is not given again: `latest` may still name it.
    sqlite_autoincrement=True,
)  # fmt: skip
"""One row per frame."""

DETAILS = Table(
    "details", METADATA,
    Column(
        "id", _NUMBER, ForeignKey("results.id", ondelete="CASCADE"),
        primary_key=True, autoincrement=False,
    ),
    Column("result", LargeBinary, nullable=False),
    _words("quality"),
    Column("embedding", LargeBinary),
)  # fmt: skip
"""What belongs to a result and no list shows: JSON packed by zlib, float32 of the embedding."""

LATEST = Table(
    "latest", METADATA,
    Column("source", _KEY, primary_key=True),
    Column("channel", _KEY, primary_key=True),
    Column("id", _NUMBER, nullable=False),
    Column("threshold", Float(53), nullable=False),
)  # fmt: skip
"""The last result of each source and channel, and from which score it alarms."""

VOCABULARY = Table(
    "vocabulary", METADATA,
    Column("kind", _KEY, primary_key=True),
    Column("word", _KEY, primary_key=True),
)  # fmt: skip
"""Every source, channel, asset, shift and verdict that ever stood in a result."""

HOURLY = Table(
    "hourly", METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    *(Column(x, _KEY, primary_key=True)
      for x in ("source", "channel", "asset", "shift", "verdict")),
    Column("alarm", Boolean, primary_key=True),
    Column("error", Boolean, primary_key=True),
    Column("n", BigInteger, nullable=False),
)  # fmt: skip
"""How many frames of an hour (since 1970) came out so; stays when results are removed."""

HOURLY_SCORES = Table(
    "hourly_scores", METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("source", _KEY, primary_key=True),
    Column("channel", _KEY, primary_key=True),
    Column("bins", LargeBinary, nullable=False),
)  # fmt: skip
"""Histogram of the scores of an hour, first of all frames, then of those that alarm: each number
four bytes, so that a year of many channels takes little room and is added up at once."""

HOURLY_LATENCY = Table(
    "hourly_latency", METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("source", _KEY, primary_key=True),
    Column("bins", LargeBinary, nullable=False),
)  # fmt: skip
"""Histogram of the latencies of an hour; `writing.histograms` says what a bin is."""

HOURLY_PARTS = Table(
    "hourly_parts", METADATA,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    *(Column(x, _KEY, primary_key=True) for x in ("source", "shift", "verdict")),
    Column("alarm", Boolean, primary_key=True),
    Column("n", BigInteger, nullable=False),
)  # fmt: skip
"""How many parts of an hour came out so: once with the source "", and once per source."""

PARTS = Table(
    "parts", METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _words("part"),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("frames", Integer, nullable=False),
    _words("verdict"),
    Column("alarm", Boolean, nullable=False),
    Column("score", Float(53), nullable=False),
    _words("sources"), _words("shift"),
    Index("parts_part", "part", "id"),
    Index("parts_last", "last", "id"),
)  # fmt: skip
"""One row per pass of a part."""

ALARM_STEPS = Table(
    "alarm_steps", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    _words("alarm"),
    Column("time", BigInteger, nullable=False),
    *(_words(x) for x in ("step", "state", "source", "channel", "frame", "verdict")),
    Column("score", Float(53), nullable=False),
    Column("threshold", Float(53), nullable=False),
    _words("asset", None), _words("part", None), _words("user"), _words("comment"),
    Column("until", BigInteger),
    _words("preview", None),
    Index("alarm_steps_alarm", "alarm", "seq"),
    Index("alarm_steps_frame", "source", "frame"),
)  # fmt: skip
"""One row per step of an alarm, in the order in which the line took them."""

ALARMS = Table(
    "alarms", METADATA,
    Column("alarm", _KEY, primary_key=True),
    Column("raised", BigInteger, nullable=False),
    *(_words(x) for x in ("source", "channel", "verdict", "state")),
    _words("asset", None), _words("part", None),
    Column("is_open", Boolean, nullable=False),
    Column("last", _NUMBER, nullable=False),
    Column("steps", Integer, nullable=False),
    _words("acknowledged_by"),
    Column("acknowledged", BigInteger),
    Column("closed", BigInteger),
    Index("alarms_raised", "raised", "alarm"),
    Index("alarms_open", "is_open", "raised"),
)  # fmt: skip
"""One row per alarm: how it stands after its last step."""

EVENTS = Table(
    "events", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("time", BigInteger, nullable=False),
    *(_words(x) for x in ("kind", "severity", "en", "zh", "source", "facts")),
    Index("events_time", "time", "seq"),
)  # fmt: skip

DRIFT = Table(
    "drift", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    _words("source"), _words("channel"), _words("measure"),
    Column("time", BigInteger, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("level", Float(53), nullable=False),
    Column("drifted", Boolean, nullable=False),
    _words("cause"),
    UniqueConstraint("source", "channel", "measure", "time", name="drift_key"),
    Index("drift_time", "time"),
    sqlite_autoincrement=True,
)  # fmt: skip

LATEST_DRIFT = Table(
    "latest_drift", METADATA,
    Column("source", _KEY, primary_key=True),
    Column("channel", _KEY, primary_key=True),
    Column("measure", _KEY, primary_key=True),
    Column("seq", _NUMBER, nullable=False),
)  # fmt: skip
"""The last reading of each measure."""

AUDITS = Table(
    "audits", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    _words("source"), _words("frame"),
    Column("drawn", BigInteger, nullable=False),
    Column("probability", Float(53), nullable=False),
    _words("label", None), _words("user"),
    Column("is_miss", Boolean),
    Column("answered", BigInteger),
    UniqueConstraint("source", "frame", name="audits_key"),
    Index("audits_drawn", "drawn", "seq"),
    Index("audits_answered", "answered", "seq"),
)  # fmt: skip
"""One row per frame drawn: the draw, and what the person said of it last."""

CORRECTIONS = Table(
    "corrections", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    _words("source"), _words("frame"),
    Column("time", BigInteger, nullable=False),
    _words("label"), _words("user"), _words("note"),
    UniqueConstraint("source", "frame", "time", "user", name="corrections_key"),
    Index("corrections_time", "time", "seq"),
)  # fmt: skip

MODELS = Table(
    "models", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("time", BigInteger, nullable=False),
    *(_words(x)
      for x in ("source", "step", "reference", "folder", "user", "evidence", "comment")),
    Index("models_source", "source", "seq"),
)  # fmt: skip
"""One row per step in the life of a model, in the order in which they were taken."""

ACTIONS = Table(
    "actions", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("time", BigInteger, nullable=False),
    *(_words(x) for x in ("kind", "target", "user", "comment", "facts")),
    Column("applied", BigInteger),
    _words("outcome", None),
    Index(
        "actions_waiting", "seq",
        postgresql_where=text("applied IS NULL"), sqlite_where=text("applied IS NULL"),
    ),
)  # fmt: skip
"""What people asked for, and what came of it."""

REFUSED = Table(
    "refused", METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    _words("kind"), _words("record"), _words("why"),
)  # fmt: skip
"""Records that no table would take, as JSON, so that one of them never stops those behind it."""

WATERMARKS = Table(
    "watermarks", METADATA,
    Column("line", _KEY, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)  # fmt: skip
"""Up to which number of its journal each line's records are here."""

USERS = Table(
    "users", METADATA,
    Column("folded", _KEY, primary_key=True),
    _words("name"), _words("role"), _words("password"),
    Column("made", BigInteger, nullable=False),
)  # fmt: skip
"""People; `folded` is the name in small letters, so that no two differ by capitals alone."""
