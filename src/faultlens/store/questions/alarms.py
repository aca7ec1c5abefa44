"""Alarms: those that are open, those that were, and the life of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, or_, select

from faultlens.core.errors import UnknownNameError
from faultlens.store.questions.filters import EVERYTHING, Filters, words_of
from faultlens.store.questions.pages import Page, page_of, paged
from faultlens.store.records import ALARM_STATES, AlarmRecord
from faultlens.store.store import Store
from faultlens.store.tables import ALARM_STEPS, ALARMS
from faultlens.store.values import key, maybe_moment, micros, moment

_MOST_OPEN = 1000


@dataclass(frozen=True)
class AlarmRow:
    """An alarm as lists show it.

    Args:
        alarm: its id.
        raised: when it was raised.
        last: its last step.
        steps: how many it took.
        acknowledged_by: who acknowledged it last; "" for nobody.
        acknowledged: when; None for not at all.
        closed: when its life was over; None while it is not.
        highest: score of its life, 0 to 1; that of the last step is what it returned with.
        comment: that a person gave last; "" for none.
    """

    alarm: str
    raised: datetime
    last: AlarmRecord
    steps: int
    acknowledged_by: str
    acknowledged: datetime | None
    closed: datetime | None
    highest: float
    comment: str


def open_alarms(store: Store) -> tuple[AlarmRecord, ...]:
    """The last step of each alarm whose life is not over; what nobody acknowledged comes first.

    Args:
        store: asked.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.alarm, x.state) for x in open_alarms(example_store())][:1]
        [('a1', 'unacknowledged')]
    """
    places = {state: place for place, state in enumerate(ALARM_STATES)}
    question = (
        select(ALARM_STEPS)
        .join_from(ALARMS, ALARM_STEPS, ALARMS.c.last == ALARM_STEPS.c.seq)
        .where(ALARMS.c.is_open)
        .order_by(case(places, value=ALARMS.c.state, else_=9), ALARMS.c.raised.desc())
    )
    with store.reading() as connection:
        return _steps(connection.execute(question.limit(_MOST_OPEN)).all())


def alarm_steps(store: Store, alarm: str) -> tuple[AlarmRecord, ...]:
    """The life of one alarm, oldest step first.

    Args:
        store: asked.
        alarm: its id.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [x.step for x in alarm_steps(example_store(), "a1")]
        ['raised']
    """
    question = select(ALARM_STEPS).where(ALARM_STEPS.c.alarm == key(alarm))
    with store.reading() as connection:
        rows = connection.execute(question.order_by(ALARM_STEPS.c.seq).limit(_MOST_OPEN)).all()
    return _steps(rows)


def steps_of_frame(store: Store, source: str, frame: str) -> tuple[AlarmRecord, ...]:
    """Steps of alarms that were taken at one frame, oldest first.

    Args:
        store: asked.
        source: name of the source.
        frame: id of the frame.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [x.alarm for x in steps_of_frame(example_store(), "press", "f3")][:1]
        ['a1']
    """
    question = select(ALARM_STEPS).where(
        ALARM_STEPS.c.source == key(source), ALARM_STEPS.c.frame == key(frame)
    )
    with store.reading() as connection:
        rows = connection.execute(question.order_by(ALARM_STEPS.c.seq).limit(_MOST_OPEN)).all()
    return _steps(rows)


def alarms(
    store: Store,
    filters: Filters = EVERYTHING,
    *,
    states: Sequence[str] = (),
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AlarmRow]:
    """Alarms, the one raised last first.

    Args:
        store: asked.
        filters: which; shift and alarm narrow nothing here.
        states: only alarms that are in one of these now; empty for all.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Raises:
        UnknownNameError: no such state.

    Example:
        >>> from faultlens.store.example import example_store
        >>> alarms(example_store(), states=("unacknowledged",)).rows[0].last.verdict
        'crack'
    """
    for state in states:
        if state not in ALARM_STATES:
            raise UnknownNameError("state of an alarm", state, ALARM_STATES)
    own = (x.label(f"own_{x.name}") for x in ALARMS.c)
    question: Select[Any] = select(*own, ALARM_STEPS).join_from(
        ALARMS, ALARM_STEPS, ALARMS.c.last == ALARM_STEPS.c.seq
    )
    if states:
        question = question.where(ALARMS.c.state.in_(states))
    question = _narrowed(question, filters)
    with store.reading() as connection:
        order = (ALARMS.c.raised, ALARMS.c.alarm)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
        lives = _lives(connection, [x.own_alarm for x in rows])
    made = [_alarm(row, *lives[row.own_alarm]) for row in rows]
    return page_of(rows, made, ("own_raised", "own_alarm"), limit)


def _narrowed(question: Select[Any], filters: Filters) -> Select[Any]:
    for name in ("source", "channel", "asset", "part", "verdict"):
        value = getattr(filters, name)
        if value is not None:
            question = question.where(ALARMS.c[name] == key(value))
    if filters.since is not None:
        question = question.where(ALARMS.c.raised >= micros(filters.since))
    if filters.until is not None:
        question = question.where(ALARMS.c.raised < micros(filters.until))
    for word in words_of(filters.text):
        held = ("source", "channel", "asset", "part", "verdict", "acknowledged_by")
        question = question.where(
            or_(*(ALARMS.c[name].icontains(word, autoescape=True) for name in held))
        )
    return question


def _lives(connection: Connection, names: Sequence[str]) -> dict[str, tuple[float, str]]:
    """Of alarms of one page: the highest score, and what a person said last."""
    theirs = ALARM_STEPS.c.alarm.in_(names)
    highest = select(ALARM_STEPS.c.alarm, func.max(ALARM_STEPS.c.score)).where(theirs)
    said = select(func.max(ALARM_STEPS.c.seq)).where(theirs, ALARM_STEPS.c.comment != "")
    words = select(ALARM_STEPS.c.alarm, ALARM_STEPS.c.comment).where(
        ALARM_STEPS.c.seq.in_(said.group_by(ALARM_STEPS.c.alarm))
    )
    comments = {x.alarm: x.comment for x in connection.execute(words)}
    scores = connection.execute(highest.group_by(ALARM_STEPS.c.alarm))
    return {alarm: (float(score), comments.get(alarm, "")) for alarm, score in scores}


def _alarm(row: Row[Any], highest: float, comment: str) -> AlarmRow:
    return AlarmRow(
        alarm=row.own_alarm,
        raised=moment(row.own_raised),
        last=_step(row),
        steps=row.own_steps,
        acknowledged_by=row.own_acknowledged_by,
        acknowledged=maybe_moment(row.own_acknowledged),
        closed=maybe_moment(row.own_closed),
        highest=highest,
        comment=comment,
    )


def _steps(rows: Sequence[Row[Any]]) -> tuple[AlarmRecord, ...]:
    return tuple(_step(row) for row in rows)


def _step(row: Row[Any]) -> AlarmRecord:
    return AlarmRecord(
        id=row.id,
        alarm=row.alarm,
        time=moment(row.time),
        step=row.step,
        state=row.state,
        source=row.source,
        channel=row.channel,
        frame=row.frame,
        verdict=row.verdict,
        score=row.score,
        threshold=row.threshold,
        asset=row.asset,
        part=row.part,
        user=row.user,
        comment=row.comment,
        until=maybe_moment(row.until),
        preview=row.preview,
    )
