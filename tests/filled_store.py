"""A store as a line leaves it after a day: for pages, questions and their speed."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from faultlens.store.records import (
    Action,
    AlarmRecord,
    AppliedRecord,
    AuditRecord,
    CorrectionRecord,
    DriftRecord,
    EventRecord,
    ModelRecord,
    PartRecord,
    Record,
    ResultRecord,
)
from faultlens.store.store import Store

LINE = "press-3"
END = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
"""The day ends here; results of `days` days before it are there."""

CAMERAS = ("cam-left", "cam-right")
SIGNALS = ("hall", "gearbox")
CHANNELS = {
    "hall": tuple(f"motor-{i}" for i in range(1, 9)),
    "gearbox": ("drive end", "free end"),
}
ASSETS = {"cam-left": "press 3", "cam-right": "press 3", "gearbox": "gearbox G2"}
DEFECTS = ("crack", "scratch", "pitting", "rust", "inclusion", "裂纹")
FAULTS = ("inner race fault", "outer race fault", "ball fault", "imbalance")
MODELS = {"picture": "builtin/surface@5f1c9a03b7de", "signal": "builtin/bearing@a91c02dd4e10"}
PERIOD = 20
"""Frames of one turn: six of each camera make a part of three frames each; eight of the signals."""


def filled(
    store: Store, results: int = 86_400, seed: int = 0, *, days: float = 1.0, details: bool = True
) -> None:
    """Fill the store with believable results of two cameras and two vibration sources.

    Args:
        store: an empty one.
        results: how many; parts, alarms, events, drift, audits, corrections come with them.
        seed: of all that is random.
        days: over which they are spread, evenly, up to `END`.
        details: whether results have findings, quality and embeddings.
    """
    batch: list[tuple[int, Record]] = []
    for seq, record in enumerate(records(results, seed, days=days, details=details), start=1):
        batch.append((seq, record))
        if len(batch) == 2000:
            store.write(LINE, batch)
            batch = []
    store.write(LINE, batch)
    for name, kind, target, applied in (
        ("act-1", "acknowledge", "alarm-1", True),
        ("act-2", "correct", "cam-left/cam-left-000001", False),
    ):
        store.ask(Action(name, END, kind, target, "mei", "seen at the line"))
        if applied:
            last = store.watermark(LINE) + 1
            store.write(LINE, [(last, AppliedRecord(name, END))])


def records(
    results: int, seed: int = 0, *, days: float = 1.0, details: bool = True
) -> Iterator[Record]:
    """The records that `filled` writes, in their order: the truth that answers are held against."""
    rng = random.Random(seed)
    begin = END - timedelta(days=days)
    step = timedelta(days=days) / max(results, 1)
    yield from _models(begin)
    alarms = 0
    frames: list[ResultRecord] = []
    open_at: list[tuple[int, list[AlarmRecord]]] = []
    for index in range(results):
        record = _result(rng, index, begin + index * step, results, details)
        yield record
        if record.kind == "picture":
            frames.append(record)
        if index % PERIOD == PERIOD - 1 and frames:
            yield _part(frames)
            frames = []
        while open_at and open_at[0][0] <= index:
            yield from open_at.pop(0)[1]
        if record.alarm and not record.error and rng.random() < 0.2:
            alarms += 1
            raised, later = _alarm(rng, record, alarms)
            yield raised
            if index < results * 0.97:
                open_at.append((index + rng.randrange(20, 400), later))
                open_at.sort(key=lambda x: x[0])
        if not record.alarm and not record.error and rng.random() < 0.004:
            yield from _audited(rng, record, answered=index < results * 0.95)
        if record.alarm and rng.random() < 0.1:
            yield CorrectionRecord(
                record.source, record.frame, record.judged + timedelta(minutes=4),
                rng.choice(("no defect", "oil film", "scratch")), "mei", "looked at the part",
            )  # fmt: skip
        if index % max(results // 240, 1) == 0:
            yield from _drift(rng, record, index / max(results, 1))
        if index % max(results // 40, 1) == 0:
            yield _event(rng, record.time, index)


def _result(
    rng: random.Random, index: int, time: datetime, results: int, details: bool
) -> ResultRecord:
    turn = index % PERIOD
    source, channel, part = _place(turn, index // PERIOD)
    kind = "signal" if source in SIGNALS else "picture"
    through = index / max(results, 1)
    # Wear: what fails grows through the day, and more on one motor than on the others.
    share = {"cam-left": 0.02, "cam-right": 0.012}.get(source, 0.006) * (1 + through)
    share += 0.2 * max(0.0, through - 0.7) if channel == "motor-6" else 0.0
    bad = rng.random() < share
    score = 1 - 0.4 * rng.random() ** 2 if bad else min(0.7, rng.betavariate(1.4, 9))
    threshold = 0.62 if kind == "picture" else 0.55
    alarm = score >= threshold
    names = FAULTS if kind == "signal" else DEFECTS
    healthy = "healthy" if kind == "signal" else "no defect"
    # A Pareto needs few that are frequent and many that are rare.
    named = names[min(int(rng.expovariate(0.9)), len(names) - 1)]
    verdict = named if alarm else healthy
    latency = rng.lognormvariate(math.log(0.045 if kind == "picture" else 0.02), 0.35)
    error = "The camera sent half a picture." if rng.random() < 0.0003 else ""
    frame = f"{source}-{index:06d}"
    return ResultRecord(
        source=source,
        frame=frame,
        time=time,
        judged=time + timedelta(seconds=latency),
        verdict="" if error else verdict,
        alarm=alarm and not error,
        score=0.0 if error else score,
        threshold=threshold,
        kind=kind,
        channel=channel,
        part=part,
        asset=ASSETS.get(source) or channel.replace("-", " "),
        shift=("night", "early", "late")[(time.hour + 2) // 8 % 3],
        model=MODELS[kind],
        profile=f"{source}.profile",
        false_alarm_rate=0.001,
        error=error,
        latency_s=latency,
        result=_findings(verdict, healthy, score, threshold, names) if details else {},
        quality=_quality(rng, kind) if details else {},
        embedding=_embedding(rng) if details and index % 50 == 0 else None,
        preview=f"previews/{source}/{frame}.jpg" if kind == "picture" and alarm else None,
        media=f"media/{source}/{frame}.png" if alarm else None,
        media_sha256=f"{index:064x}" if alarm else None,
    )


def _place(turn: int, round_: int) -> tuple[str, str, str | None]:
    """Source, channel and part of one frame of a turn."""
    if turn < 12:
        return CAMERAS[turn % 2], "", f"shaft-{round_ * 2 + turn // 6:05d}"
    if turn < 18:
        return "hall", CHANNELS["hall"][(round_ * 6 + turn - 12) % 8], None
    return "gearbox", CHANNELS["gearbox"][turn - 18], None


def _findings(
    verdict: str, healthy: str, score: float, threshold: float, names: tuple[str, ...]
) -> dict[str, Any]:
    others = [x for x in (*names, healthy) if x != verdict]
    rest = (1 - score) / len(others)
    listed = [{"label": verdict, "score": round(score, 4), "evidence": {}}]
    listed += [{"label": x, "score": round(rest, 4), "evidence": {}} for x in others]
    return {
        "schema": 1,
        "verdict": verdict,
        "alarm": score >= threshold,
        "threshold": threshold,
        "findings": listed,
        "warnings": [],
    }


def _quality(rng: random.Random, kind: str) -> dict[str, float]:
    if kind == "picture":
        return {"brightness": 0.45 + 0.02 * rng.random(), "sharpness": 0.8 + 0.1 * rng.random()}
    return {"rms": 1.1 + 0.2 * rng.random(), "kurtosis": 3 + rng.random(), "clipped": 0.0}


def _embedding(rng: random.Random) -> tuple[float, ...]:
    row = [rng.gauss(0, 1) for _ in range(32)]
    length = math.sqrt(sum(x * x for x in row))
    return tuple(x / length for x in row)


def _part(frames: list[ResultRecord]) -> PartRecord:
    part = frames[-1].part
    own = [x for x in frames if x.part == part]
    worst = max(own, key=lambda x: (x.alarm, x.score))
    return PartRecord(
        part=str(part),
        first=own[0].time,
        last=own[-1].time,
        frames=len(own),
        verdict=worst.verdict,
        alarm=worst.alarm,
        score=worst.score,
        sources=tuple(sorted({x.source for x in own})),
        shift=own[0].shift,
    )


def _alarm(
    rng: random.Random, record: ResultRecord, number: int
) -> tuple[AlarmRecord, list[AlarmRecord]]:
    alarm = f"alarm-{number}"

    def step(name: str, state: str, minutes: float, **more: Any) -> AlarmRecord:
        given: dict[str, Any] = {"frame": record.frame} if name in ("raised", "returned") else {}
        return AlarmRecord(
            f"{alarm}/{name}", alarm, record.judged + timedelta(minutes=minutes), name, state,
            record.source, record.channel, verdict=record.verdict, score=record.score,
            threshold=record.threshold, asset=record.asset, part=record.part,
            preview=record.preview, **(given | more),
        )  # fmt: skip

    raised = step("raised", "unacknowledged", 0)
    way = rng.random()
    if way < 0.08:
        until = record.judged + timedelta(hours=4)
        said = {"user": "wei", "comment": "Sensor is being changed.", "until": until}
        return raised, [step("shelved", "shelved", 2, **said)]
    said = {"user": rng.choice(("mei", "wei", "Anna")), "comment": "Part taken out."}
    acknowledged = step("acknowledged", "acknowledged", 3, **said)
    if way < 0.14:
        return raised, [acknowledged]
    if way < 0.18:
        return raised, [step("returned", "returned", 2)]
    return raised, [acknowledged, step("closed", "normal", 9)]


def _audited(rng: random.Random, record: ResultRecord, answered: bool) -> Iterator[Record]:
    drawn = AuditRecord(record.source, record.frame, record.judged, 0.004)
    yield drawn
    if answered:
        missed = rng.random() < 0.03
        label = "scratch" if missed else record.verdict
        at = record.judged + timedelta(minutes=30)
        yield AuditRecord(record.source, record.frame, at, 0.004, label, "mei", missed)


def _drift(rng: random.Random, record: ResultRecord, through: float) -> Iterator[Record]:
    for source in CAMERAS + SIGNALS:
        for measure, level in (("energy", 0.08), ("psi", 0.2)):
            grown = 0.12 * max(0.0, through - 0.8) * 5 if source == "cam-right" else 0.0
            value = abs(rng.gauss(0.25, 0.08)) * level + grown
            channel = CHANNELS.get(source, ("",))[0]
            yield DriftRecord(
                source, record.time, measure, value, level, value > level, channel,
                "blur" if value > level else "",
            )  # fmt: skip


def _event(rng: random.Random, time: datetime, index: int) -> EventRecord:
    kind, severity, en, zh, source = rng.choice((
        ("source", "error", "Camera cam-left is lost; trying again.",
         "相机 cam-left 断开，正在重连。", "cam-left"),
        ("source", "info", "Camera cam-left is back.", "相机 cam-left 已恢复。", "cam-left"),
        ("drift", "warning", "Pictures of cam-right are blurred.",
         "cam-right 的图像模糊。", "cam-right"),
        ("sink", "warning", "The webhook does not answer; 3 alarms wait.",
         "Webhook 无应答，3 条报警等待发送。", ""),
    ))  # fmt: skip
    return EventRecord(f"event-{index}", time, kind, severity, en, zh, source, {"tries": index % 7})


def _models(begin: datetime) -> Iterator[ModelRecord]:
    for source in CAMERAS + SIGNALS:
        kind = "signal" if source in SIGNALS else "picture"
        name = MODELS[kind].partition("@")[0]
        yield ModelRecord(f"{source}-1", source, begin, "live", MODELS[kind], name)
    evidence = {
        "held": {"n": 240, "live_right": 0.942, "candidate_right": 0.971, "low": 0.941,
                 "high": 0.986},
        "shadow": {"frames": 200, "live_alarms": 4, "candidate_alarms": 3},
        "corrections": 24,
    }  # fmt: skip
    old = ("surface-tuned@77aa01c2d9f4", "models/cam-left-2")
    new = ("surface-tuned@c0ffee123456", "models/cam-left-3")
    for number, (step, (reference, folder), hours, user, comment) in enumerate(
        (
            ("candidate", old, 3, "", "20 corrections"),
            ("shadow", old, 3.5, "", ""),
            ("promoted", old, 5, "Anna", "Fewer false alarms on oil."),
            ("candidate", new, 20, "", "24 corrections"),
            ("shadow", new, 20.5, "", ""),
        ),
        start=2,
    ):
        yield ModelRecord(
            f"cam-left-{number}", "cam-left", begin + timedelta(hours=hours), step, reference,
            folder, user, evidence, comment,
        )  # fmt: skip
