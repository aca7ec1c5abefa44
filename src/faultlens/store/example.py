"""A small store in memory, for the examples that stand in docstrings and are run."""

import sqlite3
import weakref
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from faultlens.store.engine import engine_of
from faultlens.store.migrated import migrated
from faultlens.store.records import AlarmRecord, EventRecord, ResultRecord
from faultlens.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.pool import PoolProxiedConnection

BEGIN = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
"""When its first frame was taken."""


def example_result(frame: str, *, minute: int = 0, score: float = 0.1) -> ResultRecord:
    """A result of the camera "press".

    Args:
        frame: its id.
        minute: after `BEGIN` at which it was taken.
        score: of it; from 0.5 it is a crack.

    Example:
        >>> example_result("f1", score=0.9).verdict
        'crack'
    """
    at = BEGIN + timedelta(minutes=minute)
    alarm = score >= 0.5
    return ResultRecord(
        source="press",
        frame=frame,
        time=at,
        judged=at + timedelta(milliseconds=40),
        verdict="crack" if alarm else "no defect",
        alarm=alarm,
        score=score,
        threshold=0.5,
        kind="picture",
        part=f"P{frame}",
        asset="press 3",
        shift="early",
        model="builtin/surface@1",
        latency_s=0.04,
        result={"schema": 1, "findings": [{"label": "crack", "score": score}]},
    )


def example_alarm(
    alarm: str, *, step: str = "raised", state: str = "unacknowledged"
) -> AlarmRecord:
    """A step of an alarm of the camera "press".

    Args:
        alarm: its id.
        step: of `ALARM_STEPS`.
        state: of `ALARM_STATES`.

    Example:
        >>> example_alarm("a1").id
        'a1/raised'
    """
    return AlarmRecord(
        id=f"{alarm}/{step}",
        alarm=alarm,
        time=BEGIN,
        step=step,
        state=state,
        source="press",
        frame="f3",
        verdict="crack",
        score=0.9,
        threshold=0.5,
        asset="press 3",
    )


def example_event(name: str) -> EventRecord:
    """An event of the camera "press".

    Args:
        name: its id.

    Example:
        >>> example_event("e1").severity
        'warning'
    """
    return EventRecord(
        name, BEGIN, "source", "warning", "The camera is lost.", "相机断开。", "press"
    )


def example_store() -> Store:
    """A store in memory with three frames, of which the last is a crack, and its alarm.

    Example:
        >>> example_store().watermark("example")
        4
    """
    engine = engine_of("sqlite://")
    connection = engine.raw_connection()
    # Each has its own, and hardly any takes the time of making one.
    _driver(connection).deserialize(_written())
    connection.close()
    store = Store(engine)
    weakref.finalize(store, engine.dispose)
    return store


@cache
def _written() -> bytes:
    engine = engine_of("sqlite://")
    migrated(engine)
    frames = (("f1", 0, 0.1), ("f2", 1, 0.2), ("f3", 2, 0.9))
    results = [example_result(name, minute=m, score=s) for name, m, s in frames]
    store = Store(engine)
    store.write("example", list(enumerate([*results, example_alarm("a1")], start=1)))
    connection = engine.raw_connection()
    made = _driver(connection).serialize()
    connection.close()
    store.close()
    return made


def _driver(connection: "PoolProxiedConnection") -> sqlite3.Connection:
    driver = connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
