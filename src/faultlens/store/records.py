"""The records of a line: what happened, as plain values that a journal and a database both hold.

Each is written once and never changed; what comes later is a record of its own. Times are aware, in
UTC. A record goes into a line of JSON and comes back the same, so that a journal on the machine can
hold it while the database is away.
"""

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypeAlias

from faultlens.core.errors import UnknownNameError, UnreadableFileError


@dataclass(frozen=True)
class ResultRecord:
    """What was judged of one frame: a picture, or one window of one vibration channel.

    Args:
        source: name of the source in line.toml.
        frame: the frame's id, unique in its source.
        time: when it was taken.
        judged: when its result was there.
        verdict: label of the best finding; "" where it could not be judged.
        alarm: whether the frame by itself lies above the threshold (the decision may want more).
        score: what is held against the threshold, 0 to 1.
        threshold: from which a frame alarms.
        kind: "signal", "picture" or "scan".
        channel: of a source with several; "" else.
        part: id of the part on it; None where nobody said.
        asset: the machine, as its owner calls it.
        shift: name of the shift in which it was taken; "" where none is configured.
        model: name and hash of what judged.
        profile: name of the profile; None without one.
        false_alarm_rate: share of healthy frames above the threshold; None where nobody measured.
        error: why it could not be judged; "" else.
        latency_s: from the frame's arrival to its result, s.
        result: the JSON of the contracts (`to_dict()`).
        quality: measures of the sensor itself ("brightness", "sharpness", "rms", ...).
        embedding: (dim,) unit row of the model; None where none was kept.
        preview: path of a small picture of it, below the media folder; None for none.
        media: path of the kept picture or recording, below the media folder; None for none.
        media_sha256: of that file.
    """

    source: str
    frame: str
    time: datetime
    judged: datetime
    verdict: str
    alarm: bool
    score: float
    threshold: float
    kind: str
    channel: str = ""
    part: str | None = None
    asset: str | None = None
    shift: str = ""
    model: str = ""
    profile: str | None = None
    false_alarm_rate: float | None = None
    error: str = ""
    latency_s: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)
    quality: dict[str, float] = field(default_factory=dict)
    embedding: tuple[float, ...] | None = None
    preview: str | None = None
    media: str | None = None
    media_sha256: str | None = None


@dataclass(frozen=True)
class PartRecord:
    """The verdict of a part over all its frames, of all sources that saw it.

    Args:
        part: its id.
        first: time of its first frame.
        last: time of its last frame.
        frames: how many were judged.
        verdict: that of its worst frame.
        alarm: whether one of them alarmed.
        score: greatest of them.
        sources: names of the sources that saw it.
        shift: in which its first frame was taken.
    """

    part: str
    first: datetime
    last: datetime
    frames: int
    verdict: str
    alarm: bool
    score: float
    sources: tuple[str, ...] = ()
    shift: str = ""


@dataclass(frozen=True)
class AlarmRecord:
    """One step in the life of an alarm (ISA-18.2): raised, acknowledged, returned, shelved.

    Args:
        id: of this step, unique; sinks take it as the idempotency key.
        alarm: id of the alarm, the same for all its steps.
        time: when.
        step: of `ALARM_STEPS`.
        state: in which the alarm is after it, of `ALARM_STATES`.
        source: name of the source.
        channel: of a source with several; "" else.
        frame: id of the frame at which it happened; "" for what a person did.
        verdict: fault or defect.
        score: of the frame.
        threshold: of the frame.
        asset: the machine.
        part: id of the part.
        user: who did it; "" for the line itself.
        comment: why.
        until: end of a shelving; None else.
        preview: path of a small picture below the media folder; None for none.
    """

    id: str
    alarm: str
    time: datetime
    step: str
    state: str
    source: str
    channel: str = ""
    frame: str = ""
    verdict: str = ""
    score: float = 0.0
    threshold: float = 0.0
    asset: str | None = None
    part: str | None = None
    user: str = ""
    comment: str = ""
    until: datetime | None = None
    preview: str | None = None


ALARM_STATES = ("unacknowledged", "acknowledged", "returned", "shelved", "normal")
"""Of ISA-18.2: B unacknowledged, C acknowledged, D returned to normal but unacknowledged, G
shelved, A normal (the alarm's life is over)."""

ALARM_STEPS = ("raised", "acknowledged", "returned", "shelved", "unshelved", "reset", "closed")
"""What brings an alarm from state to state."""


@dataclass(frozen=True)
class EventRecord:
    """Something that a person at the line should know: a camera lost, drift, a full disk, a swap.

    Args:
        id: unique.
        time: when.
        kind: of a few words ("source", "sink", "drift", "sensor", "store", "model", "line").
        severity: "info", "warning" or "error".
        en: in English.
        zh: in Chinese.
        source: which source it is about; "" for the line.
        facts: numbers behind it, and `picture`, a path below the media folder, where there is one.
    """

    id: str
    time: datetime
    kind: str
    severity: str
    en: str
    zh: str
    source: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DriftRecord:
    """How far the latest frames of a source stand from its reference.

    Args:
        source: name of the source.
        time: of the last frame that it is about.
        measure: "energy", "psi", or a measure of the sensor's quality.
        value: of the measure.
        level: value above which it is drift; of the chosen false-alarm rate.
        drifted: whether it is.
        channel: of a source with several; "" else.
        cause: "" while nothing drifted; "process", or a fault of the sensor ("blur", "dark", ...).
    """

    source: str
    time: datetime
    measure: str
    value: float
    level: float
    drifted: bool
    channel: str = ""
    cause: str = ""


@dataclass(frozen=True)
class AuditRecord:
    """A passed frame that goes to a person; and, as a second record, what the person said.

    Args:
        source: of the frame.
        frame: its id.
        time: when it was drawn, or answered.
        probability: with which a passed frame was drawn, 0 to 1.
        label: what the person says; None while nobody did.
        user: who; "" while nobody did.
        is_miss: whether that is a fault which the line passed; None while nobody said.
    """

    source: str
    frame: str
    time: datetime
    probability: float
    label: str | None = None
    user: str = ""
    is_miss: bool | None = None


@dataclass(frozen=True)
class CorrectionRecord:
    """What a person says that a frame shows, where the line said something else.

    Args:
        source: of the frame.
        frame: its id.
        time: when it was said.
        label: in words.
        user: who.
        note: why.
    """

    source: str
    frame: str
    time: datetime
    label: str
    user: str
    note: str = ""


@dataclass(frozen=True)
class ModelRecord:
    """One step in the life of a model at a source.

    Args:
        id: of this step, unique.
        source: whose model it is.
        time: when.
        step: "live", "candidate", "shadow", "promoted", "rejected", "rolled back".
        reference: name and hash of the model.
        folder: of its bundle, or the name of a built-in model.
        user: who; "" for a rule.
        evidence: what spoke for it: counts, rates with intervals, on which set.
        comment: why.
    """

    id: str
    source: str
    time: datetime
    step: str
    reference: str
    folder: str
    user: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class AppliedRecord:
    """That the line did what a person asked for, or why not.

    Args:
        action: id of the `Action`.
        time: when.
        outcome: "" where it was done; else why not.
    """

    action: str
    time: datetime
    outcome: str = ""


@dataclass(frozen=True)
class Action:
    """What a person asks of the line, on a page or by a command; the line applies it in its turn.

    Args:
        id: unique; asked twice, done once.
        time: when it was asked.
        kind: of `ACTIONS`.
        target: what it is about: an alarm's id; a frame as "source/frame"; a source.
        user: who asks.
        comment: why.
        facts: what else it needs: `until` of a shelving, `label` of a correction, `reference`.
    """

    id: str
    time: datetime
    kind: str
    target: str
    user: str
    comment: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


ACTIONS = (
    "acknowledge", "shelve", "unshelve", "reset",
    "correct", "audit", "tune", "promote", "reject", "rollback", "reference",
)  # fmt: skip
"""What a person can ask of the line."""

Record: TypeAlias = (
    ResultRecord | PartRecord | AlarmRecord | EventRecord | DriftRecord | AuditRecord
    | CorrectionRecord | ModelRecord | AppliedRecord
)  # fmt: skip

_KINDS: dict[str, type[Any]] = {
    "result": ResultRecord, "part": PartRecord, "alarm": AlarmRecord, "event": EventRecord,
    "drift": DriftRecord, "audit": AuditRecord, "correction": CorrectionRecord,
    "model": ModelRecord, "applied": AppliedRecord,
}  # fmt: skip
_NAMES = {record: name for name, record in _KINDS.items()}
_TIMES = ("time", "judged", "first", "last", "until")
_ROWS = ("embedding", "sources")


def encoded(record: Record) -> tuple[str, str]:
    """The record's kind, and the record as one line of JSON.

    Args:
        record: any of them.

    Example:
        >>> kind, text = encoded(AppliedRecord("a1", datetime(2026, 11, 26, tzinfo=UTC)))
        >>> kind, text
        ('applied', '{"action":"a1","time":"2026-11-26T00:00:00+00:00","outcome":""}')
    """
    # Records hold no records: what `asdict` would copy number by number is taken as it is.
    table = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(record).items()
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _NAMES[type(record)], text


def decoded(kind: str, text: str) -> Record:
    """The record that `encoded` made this of.

    Args:
        kind: its kind.
        text: its line of JSON.

    Raises:
        UnknownNameError: no such kind.
        UnreadableFileError: the line is damaged, or of another version.

    Example:
        >>> made = AppliedRecord("a1", datetime(2026, 11, 26, tzinfo=UTC), "no such alarm")
        >>> decoded(*encoded(made)) == made
        True
    """
    if kind not in _KINDS:
        raise UnknownNameError("kind of record", kind, _KINDS)
    record = _KINDS[kind]
    try:
        table = json.loads(text)
        unknown = set(table) - {x.name for x in fields(record)}
        if unknown:
            raise ValueError(f"it holds {sorted(unknown)[0]!r}")
        for name in _TIMES:
            if table.get(name) is not None:
                table[name] = datetime.fromisoformat(table[name]).astimezone(UTC)
        for name in _ROWS:
            if table.get(name) is not None:
                table[name] = tuple(table[name])
        made: Record = record(**table)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableFileError(
            f"A record of the kind '{kind}' cannot be read ({error}): the journal is damaged, or "
            "of another version of faultlens."
        ) from error
    return made
