"""What people ask of the line: put down, waiting, applied."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from faultlens.store.records import Action, AppliedRecord
from faultlens.store.tables import ACTIONS
from faultlens.store.values import clean, json_of, key, micros, moment
from faultlens.store.writing.insert import insert_new

_MOST_WAITING = 500


def asked(connection: Connection, action: Action) -> None:
    """Put an action down; one whose id is there already is passed over.

    Args:
        connection: in a transaction.
        action: what a person asks.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> store = example_store()
        >>> with store.writing() as connection:
        ...     asked(connection, Action("7", datetime.now(UTC), "reset", "a1", "mei"))
        ...     [x.kind for x in waiting(connection)]
        ['reset']
    """
    row = {
        "id": key(action.id),
        "time": micros(action.time),
        "kind": action.kind,
        # "source/frame" is two keys.
        "target": clean(action.target),
        "user": key(action.user),
        "comment": clean(action.comment),
        "facts": json_of(action.facts),
    }
    insert_new(connection, ACTIONS, [row])


def waiting(connection: Connection) -> list[Action]:
    """What was asked and not yet applied, in the order of asking.

    Args:
        connection: to the store.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     waiting(connection)
        []
    """
    question = select(ACTIONS).where(ACTIONS.c.applied.is_(None)).order_by(ACTIONS.c.seq)
    return [action_of(row) for row in connection.execute(question.limit(_MOST_WAITING))]


def action_of(row: Row[Any]) -> Action:
    """The action of a row.

    Args:
        row: of the table `actions`.

    Example:
        >>> from types import SimpleNamespace
        >>> row = dict(id="7", time=0, kind="reset", target="a", user="mei", comment="", facts="{}")
        >>> action_of(SimpleNamespace(**row)).user
        'mei'
    """
    return Action(
        row.id, moment(row.time), row.kind, row.target, row.user, row.comment, json.loads(row.facts)
    )


def write_applied(connection: Connection, records: Sequence[AppliedRecord]) -> None:
    """Put down what came of actions; what was put down first stands.

    Args:
        connection: in a transaction.
        records: outcomes.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> store, at = example_store(), datetime(2026, 11, 26, tzinfo=UTC)
        >>> store.ask(Action("8", at, "reset", "a1", "mei"))
        >>> with store.writing() as connection:
        ...     write_applied(connection, [AppliedRecord("8", at)])
        >>> store.waiting_actions()
        []
    """
    for x in records:
        connection.execute(
            update(ACTIONS)
            .where(ACTIONS.c.id == key(x.action), ACTIONS.c.applied.is_(None))
            .values(applied=micros(x.time), outcome=clean(x.outcome))
        )
