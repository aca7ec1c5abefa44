"""Models of the sources: live, candidate, and who promoted what on which evidence."""

import json
from typing import Any

from sqlalchemy import Row, select

from faultlens.store.records import ModelRecord
from faultlens.store.store import Store
from faultlens.store.tables import MODELS
from faultlens.store.values import key, moment

LIVE_STEPS = ("live", "promoted", "rolled back")
"""After these steps the model of the record is the one that judges."""

_MOST_STEPS = 2000


def model_history(
    store: Store, source: str | None = None, *, limit: int = 200
) -> tuple[ModelRecord, ...]:
    """Steps of models, newest first.

    Args:
        store: asked.
        source: name of a source; None for all.
        limit: so many at most.

    Example:
        >>> from faultlens.store.example import example_store
        >>> model_history(example_store(), "no such source")
        ()
    """
    question = select(MODELS)
    if source is not None:
        question = question.where(MODELS.c.source == key(source))
    with store.reading() as connection:
        rows = connection.execute(
            question.order_by(MODELS.c.seq.desc()).limit(min(max(limit, 1), _MOST_STEPS))
        ).all()
    return tuple(_model(row) for row in rows)


def live_model(store: Store, source: str) -> ModelRecord | None:
    """The step that made the model live that judges a source; None before its first.

    Args:
        store: asked.
        source: name of the source.

    Example:
        >>> from faultlens.store.example import example_store
        >>> live_model(example_store(), "no such source") is None
        True
    """
    return next((x for x in _of(store, source) if x.step in LIVE_STEPS), None)


def candidate(store: Store, source: str) -> ModelRecord | None:
    """The last step of the candidate that waits for a word; None where none waits.

    Args:
        store: asked.
        source: name of the source.

    Example:
        >>> from faultlens.store.example import example_store
        >>> candidate(example_store(), "no such source") is None
        True
    """
    over: set[str] = set()
    for x in _of(store, source):
        if x.step in ("candidate", "shadow"):
            # A newer candidate takes the place of one that nobody decided on.
            return None if x.reference in over else x
        if x.step in ("promoted", "rejected"):
            over.add(x.reference)
    return None


def rollback_target(store: Store, source: str) -> ModelRecord | None:
    """The step that made the model live which judged before the present one; None for none.

    Args:
        store: asked.
        source: name of the source.

    Example:
        >>> from faultlens.store.example import example_store
        >>> rollback_target(example_store(), "no such source") is None
        True
    """
    return rollback_of(_of(store, source))


def rollback_of(steps: tuple[ModelRecord, ...]) -> ModelRecord | None:
    """As `rollback_target`, of steps that are at hand.

    A model that was rolled back is not gone back to: rolling back twice goes two models back.

    Args:
        steps: of one source, newest first.

    Example:
        >>> rollback_of(()) is None
        True
    """
    before: list[ModelRecord] = []
    for x in reversed(steps):
        if x.step == "rolled back":
            while before and before[-1].reference != x.reference:
                before.pop()
        elif x.step in LIVE_STEPS and (not before or before[-1].reference != x.reference):
            before.append(x)
    return before[-2] if len(before) > 1 else None


def _of(store: Store, source: str) -> tuple[ModelRecord, ...]:
    return model_history(store, source, limit=_MOST_STEPS)


def _model(row: Row[Any]) -> ModelRecord:
    return ModelRecord(
        id=row.id,
        source=row.source,
        time=moment(row.time),
        step=row.step,
        reference=row.reference,
        folder=row.folder,
        user=row.user,
        evidence=json.loads(row.evidence),
        comment=row.comment,
    )
