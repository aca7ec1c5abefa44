"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# As they were then: what `tables` says may change, what was done once does not.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG, INT, BOOL, BYTES = sa.BigInteger(), sa.Integer(), sa.Boolean(), sa.LargeBinary()
FLOAT = sa.Float(precision=53)


def _columns(kind: sa.types.TypeEngine[Any], names: str) -> list[sa.Column[Any]]:
    return [sa.Column(x, kind, nullable=False) for x in names.split()]


def _maybe(kind: sa.types.TypeEngine[Any], names: str) -> list[sa.Column[Any]]:
    return [sa.Column(x, kind, nullable=True) for x in names.split()]


def upgrade() -> None:
    """Make the first tables.

    Example:
        >>> revision, down_revision
        ('0001', None)
    """
    op.create_table(
        "actions",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "id"),
        *_columns(LONG, "time"),
        *_columns(TEXT, "kind target user comment facts"),
        *_maybe(LONG, "applied"),
        *_maybe(TEXT, "outcome"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(
        "actions_waiting",
        "actions",
        ["seq"],
        postgresql_where=sa.text("applied IS NULL"),
        sqlite_where=sa.text("applied IS NULL"),
    )
    op.create_table(
        "alarm_steps",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "id alarm"),
        *_columns(LONG, "time"),
        *_columns(TEXT, "step state source channel frame verdict"),
        *_columns(FLOAT, "score threshold"),
        *_maybe(TEXT, "asset part"),
        *_columns(TEXT, "user comment"),
        *_maybe(LONG, "until"),
        *_maybe(TEXT, "preview"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("alarm_steps_alarm", "alarm_steps", ["alarm", "seq"])
    op.create_index("alarm_steps_frame", "alarm_steps", ["source", "frame"])
    op.create_table(
        "alarms",
        *_columns(TEXT, "alarm"),
        *_columns(LONG, "raised"),
        *_columns(TEXT, "source channel verdict state"),
        *_maybe(TEXT, "asset part"),
        *_columns(BOOL, "is_open"),
        *_columns(NUMBER, "last"),
        *_columns(INT, "steps"),
        *_columns(TEXT, "acknowledged_by"),
        *_maybe(LONG, "acknowledged closed"),
        sa.PrimaryKeyConstraint("alarm"),
    )
    op.create_index("alarms_open", "alarms", ["is_open", "raised"])
    op.create_index("alarms_raised", "alarms", ["raised", "alarm"])
    op.create_table(
        "audits",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "source frame"),
        *_columns(LONG, "drawn"),
        *_columns(FLOAT, "probability"),
        *_maybe(TEXT, "label"),
        *_columns(TEXT, "user"),
        *_maybe(BOOL, "is_miss"),
        *_maybe(LONG, "answered"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("source", "frame", name="audits_key"),
    )
    op.create_index("audits_answered", "audits", ["answered", "seq"])
    op.create_index("audits_drawn", "audits", ["drawn", "seq"])
    op.create_table(
        "corrections",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "source frame"),
        *_columns(LONG, "time"),
        *_columns(TEXT, "label user note"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("source", "frame", "time", "user", name="corrections_key"),
    )
    op.create_index("corrections_time", "corrections", ["time", "seq"])
    op.create_table(
        "drift",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "source channel measure"),
        *_columns(LONG, "time"),
        *_columns(FLOAT, "value level"),
        *_columns(BOOL, "drifted"),
        *_columns(TEXT, "cause"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("source", "channel", "measure", "time", name="drift_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("drift_time", "drift", ["time"])
    op.create_table(
        "events",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "id"),
        *_columns(LONG, "time"),
        *_columns(TEXT, "kind severity en zh source facts"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("events_time", "events", ["time", "seq"])
    op.create_table(
        "hourly",
        sa.Column("hour", INT, autoincrement=False, nullable=False),
        *_columns(TEXT, "source channel asset shift verdict"),
        *_columns(BOOL, "alarm error"),
        *_columns(LONG, "n"),
        sa.PrimaryKeyConstraint(
            "hour", "source", "channel", "asset", "shift", "verdict", "alarm", "error"
        ),
    )
    op.create_table(
        "hourly_latency",
        sa.Column("hour", INT, autoincrement=False, nullable=False),
        *_columns(TEXT, "source"),
        *_columns(BYTES, "bins"),
        sa.PrimaryKeyConstraint("hour", "source"),
    )
    op.create_table(
        "hourly_parts",
        sa.Column("hour", INT, autoincrement=False, nullable=False),
        *_columns(TEXT, "source shift verdict"),
        *_columns(BOOL, "alarm"),
        *_columns(LONG, "n"),
        sa.PrimaryKeyConstraint("hour", "source", "shift", "verdict", "alarm"),
    )
    op.create_table(
        "hourly_scores",
        sa.Column("hour", INT, autoincrement=False, nullable=False),
        *_columns(TEXT, "source channel"),
        *_columns(BYTES, "bins"),
        sa.PrimaryKeyConstraint("hour", "source", "channel"),
    )
    op.create_table(
        "latest",
        *_columns(TEXT, "source channel"),
        *_columns(NUMBER, "id"),
        *_columns(FLOAT, "threshold"),
        sa.PrimaryKeyConstraint("source", "channel"),
    )
    op.create_table(
        "latest_drift",
        *_columns(TEXT, "source channel measure"),
        *_columns(NUMBER, "seq"),
        sa.PrimaryKeyConstraint("source", "channel", "measure"),
    )
    op.create_table(
        "models",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "id"),
        *_columns(LONG, "time"),
        *_columns(TEXT, "source step reference folder user evidence comment"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("models_source", "models", ["source", "seq"])
    op.create_table(
        "parts",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "part"),
        *_columns(LONG, "first last"),
        *_columns(INT, "frames"),
        *_columns(TEXT, "verdict"),
        *_columns(BOOL, "alarm"),
        *_columns(FLOAT, "score"),
        *_columns(TEXT, "sources shift"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("parts_last", "parts", ["last", "id"])
    op.create_index("parts_part", "parts", ["part", "id"])
    op.create_table(
        "refused",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns(LONG, "time"),
        *_columns(TEXT, "kind record why"),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "results",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        *_columns(TEXT, "source frame channel"),
        *_columns(LONG, "time judged"),
        *_columns(TEXT, "verdict"),
        *_columns(BOOL, "alarm"),
        *_columns(FLOAT, "score threshold"),
        *_columns(TEXT, "kind"),
        *_maybe(TEXT, "part asset"),
        *_columns(TEXT, "shift model"),
        *_maybe(TEXT, "profile"),
        *_maybe(FLOAT, "false_alarm_rate"),
        *_columns(TEXT, "error"),
        *_columns(FLOAT, "latency_s"),
        *_maybe(TEXT, "preview media media_sha256"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "frame", name="results_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "results_alarm",
        "results",
        ["time", "id"],
        postgresql_where=sa.text("alarm"),
        sqlite_where=sa.text("alarm = 1"),
    )
    op.create_index("results_asset", "results", ["asset", "time", "id"])
    op.create_index(
        "results_media",
        "results",
        ["time"],
        postgresql_where=sa.text("media IS NOT NULL OR preview IS NOT NULL"),
        sqlite_where=sa.text("media IS NOT NULL OR preview IS NOT NULL"),
    )
    op.create_index("results_part", "results", ["part", "time", "id"])
    op.create_index("results_source", "results", ["source", "time", "id"])
    op.create_index("results_time", "results", ["time", "id"])
    op.create_index("results_verdict", "results", ["verdict", "time", "id"])
    op.create_table(
        "users",
        *_columns(TEXT, "folded name role password"),
        *_columns(LONG, "made"),
        sa.PrimaryKeyConstraint("folded"),
    )
    op.create_table(
        "vocabulary", *_columns(TEXT, "kind word"), sa.PrimaryKeyConstraint("kind", "word")
    )
    op.create_table(
        "watermarks",
        *_columns(TEXT, "line"),
        *_columns(LONG, "seq"),
        sa.PrimaryKeyConstraint("line"),
    )
    op.create_table(
        "details",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        *_columns(BYTES, "result"),
        *_columns(TEXT, "quality"),
        *_maybe(BYTES, "embedding"),
        sa.ForeignKeyConstraint(["id"], ["results.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
