"""Events, drift, audits, corrections and steps of models into their tables."""

from collections.abc import Sequence

from sqlalchemy import Connection

from faultlens.store.records import (
    AuditRecord,
    CorrectionRecord,
    DriftRecord,
    EventRecord,
    ModelRecord,
)
from faultlens.store.tables import (
    AUDITS,
    CORRECTIONS,
    DRIFT,
    EVENTS,
    LATEST_DRIFT,
    MODELS,
)
from faultlens.store.values import clean, json_of, key, micros, number
from faultlens.store.writing.insert import insert_new, put_rows


def write_events(connection: Connection, records: Sequence[EventRecord]) -> None:
    """Write events; one whose id is there already is passed over.

    Args:
        connection: in a transaction.
        records: events.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.events import events
        >>> store, at = example_store(), datetime(2026, 11, 26, tzinfo=UTC)
        >>> with store.writing() as connection:
        ...     write_events(connection, [EventRecord("e9", at, "store", "info", "ok", "好")] * 2)
        >>> [x.zh for x in events(store, kind="store").rows]
        ['好']
    """
    rows = [
        {
            "id": key(x.id),
            "time": micros(x.time),
            "kind": key(x.kind),
            "severity": key(x.severity),
            "en": clean(x.en),
            "zh": clean(x.zh),
            "source": key(x.source),
            "facts": json_of(x.facts),
        }
        for x in records
    ]
    insert_new(connection, EVENTS, rows)


def write_drift(connection: Connection, records: Sequence[DriftRecord]) -> None:
    """Write readings of drift; one of the same moment and measure is passed over.

    Args:
        connection: in a transaction.
        records: readings.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.drift import drift_readings
        >>> store, at = example_store(), datetime(2026, 11, 26, tzinfo=UTC)
        >>> reading = DriftRecord("hall", at, "psi", 0.1, 0.2, False)
        >>> with store.writing() as connection:
        ...     write_drift(connection, [reading, reading])
        >>> drift_readings(store, "hall") == (reading,)
        True
    """
    rows = [
        {
            "source": key(x.source),
            "channel": key(x.channel),
            "measure": key(x.measure),
            "time": micros(x.time),
            "value": number(x.value),
            "level": number(x.level),
            "drifted": bool(x.drifted),
            "cause": key(x.cause),
        }
        for x in records
    ]
    names = ("source", "channel", "measure")
    columns = (DRIFT.c.seq, DRIFT.c.time, *(DRIFT.c[x] for x in names))
    # In the order of time: the last of each measure stays.
    new = sorted(insert_new(connection, DRIFT, rows, *columns), key=lambda x: x[1])
    last = {tuple(name): seq for seq, _, *name in new}
    made = [dict(zip(names, x, strict=True)) | {"seq": last[x]} for x in sorted(last)]
    put_rows(connection, LATEST_DRIFT, names, ("seq",), made)


def write_audits(connection: Connection, records: Sequence[AuditRecord]) -> None:
    """Write draws, and what people said of them; what was said last stands.

    Args:
        connection: in a transaction.
        records: in their order.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.audits import miss_rate
        >>> store, at = example_store(), datetime(2026, 11, 26, tzinfo=UTC)
        >>> drawn = AuditRecord("hall", "f1", at, 0.5)
        >>> said = AuditRecord("hall", "f1", at, 0.5, "no defect", "mei", False)
        >>> with store.writing() as connection:
        ...     write_audits(connection, [drawn, said])
        >>> miss_rate(store, "hall").answered
        1
    """
    for x in records:
        row = {
            "source": key(x.source),
            "frame": key(x.frame),
            "drawn": micros(x.time),
            "probability": number(x.probability),
            "label": None if x.label is None else key(x.label),
            "user": key(x.user),
            "is_miss": x.is_miss,
            "answered": None if x.label is None else micros(x.time),
        }
        if x.label is None:
            insert_new(connection, AUDITS, [row])
        else:
            said = ("label", "user", "is_miss", "answered")
            put_rows(connection, AUDITS, ("source", "frame"), said, [row])


def write_corrections(connection: Connection, records: Sequence[CorrectionRecord]) -> None:
    """Write corrections; the same one again is passed over.

    Args:
        connection: in a transaction.
        records: what people said.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.corrections import corrections
        >>> said = CorrectionRecord("hall", "f1", datetime(2026, 11, 26, tzinfo=UTC), "rust", "mei")
        >>> store = example_store()
        >>> with store.writing() as connection:
        ...     write_corrections(connection, [said, said])
        >>> corrections(store, source="hall").rows == (said,)
        True
    """
    rows = [
        {
            "source": key(x.source),
            "frame": key(x.frame),
            "time": micros(x.time),
            "label": key(x.label),
            "user": key(x.user),
            "note": clean(x.note),
        }
        for x in records
    ]
    insert_new(connection, CORRECTIONS, rows)


def write_models(connection: Connection, records: Sequence[ModelRecord]) -> None:
    """Write steps of models; one whose id is there already is passed over.

    Args:
        connection: in a transaction.
        records: in their order.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.models import live_model
        >>> at = datetime(2026, 11, 26, tzinfo=UTC)
        >>> step = ModelRecord("m1", "hall", at, "live", "builtin/surface@1", "builtin/surface")
        >>> store = example_store()
        >>> with store.writing() as connection:
        ...     write_models(connection, [step, step])
        >>> live_model(store, "hall") == step
        True
    """
    rows = [
        {
            "id": key(x.id),
            "time": micros(x.time),
            "source": key(x.source),
            "step": key(x.step),
            "reference": key(x.reference),
            "folder": clean(x.folder),
            "user": key(x.user),
            "evidence": json_of(x.evidence),
            "comment": clean(x.comment),
        }
        for x in records
    ]
    insert_new(connection, MODELS, rows)
