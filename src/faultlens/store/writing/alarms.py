"""Steps of alarms into their table, and how each alarm stands after them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from faultlens.store.records import AlarmRecord
from faultlens.store.tables import ALARM_STEPS, ALARMS
from faultlens.store.values import clean, key, maybe_key, maybe_micros, micros, number
from faultlens.store.writing.insert import insert_new


def write_alarms(connection: Connection, records: Sequence[AlarmRecord]) -> None:
    """Write steps of alarms; one whose id is there already is passed over.

    Args:
        connection: in a transaction.
        records: in the order in which the line took them.

    Example:
        >>> from faultlens.store.example import example_alarm, example_store
        >>> from faultlens.store.questions.alarms import alarm_steps
        >>> store = example_store()
        >>> with store.writing() as connection:
        ...     write_alarms(connection, [example_alarm("a9"), example_alarm("a9")])
        >>> len(alarm_steps(store, "a9"))
        1
    """
    rows = [_row(x) for x in records]
    # One by one in their order: there are few, and the order is what an alarm's life is.
    for row in rows:
        for (seq,) in insert_new(connection, ALARM_STEPS, [row], ALARM_STEPS.c.seq):
            _stand(connection, row, seq)


def _stand(connection: Connection, step: Mapping[str, Any], seq: int) -> None:
    """Bring the alarm's row to its last step."""
    known = connection.execute(
        select(ALARMS.c.steps).where(ALARMS.c.alarm == step["alarm"])
    ).scalar()
    changes: dict[str, Any] = {
        "state": step["state"],
        "is_open": step["state"] != "normal",
        "last": seq,
        "steps": (known or 0) + 1,
        "closed": step["time"] if step["state"] == "normal" else None,
    }
    if step["step"] == "acknowledged":
        changes |= {"acknowledged_by": step["user"], "acknowledged": step["time"]}
    if known is None:
        same = ("alarm", "source", "channel", "verdict", "asset", "part")
        made = {name: step[name] for name in same} | {"raised": step["time"]}
        connection.execute(ALARMS.insert(), [{"acknowledged_by": ""} | made | changes])
    else:
        connection.execute(update(ALARMS).where(ALARMS.c.alarm == step["alarm"]).values(changes))


def _row(record: AlarmRecord) -> dict[str, Any]:
    return {
        "id": key(record.id),
        "alarm": key(record.alarm),
        "time": micros(record.time),
        "step": key(record.step),
        "state": key(record.state),
        "source": key(record.source),
        "channel": key(record.channel),
        "frame": key(record.frame),
        "verdict": key(record.verdict),
        "score": number(record.score),
        "threshold": number(record.threshold),
        "asset": maybe_key(record.asset),
        "part": maybe_key(record.part),
        "user": key(record.user),
        "comment": clean(record.comment),
        "until": maybe_micros(record.until),
        "preview": maybe_key(record.preview),
    }
