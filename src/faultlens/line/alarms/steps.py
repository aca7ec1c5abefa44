"""What a frame does to the alarm of its channel."""

from dataclasses import replace

from faultlens.line.alarms.alarm import Alarm, stepped
from faultlens.line.alarms.alarms import Alarms
from faultlens.line.alarms.ids import alarm_id
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.decided import DecisionStep
from faultlens.line.judged import Judged
from faultlens.store.records import AlarmRecord


def after_frame(
    alarms: Alarms,
    config: DecisionConfig,
    judged: Judged,
    step: DecisionStep,
    *,
    preview: str | None = None,
) -> tuple[Alarms, tuple[AlarmRecord, ...]]:
    """All alarms after a frame was decided, and records of what changed.

    An alarm that is raised again while it stands keeps its id and wants a new acknowledgement. Of
    a shelved alarm nothing is recorded until its shelving ends.

    Args:
        alarms: after what came before.
        config: of the source.
        judged: the frame with its verdict.
        step: what the decision says of it.
        preview: path of its small picture below the media folder; None for none.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.images.image import Image
        >>> from faultlens.line.frame import Frame
        >>> import numpy as np
        >>> time = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> frame = Frame("7", "camera", time, Image(np.zeros((8, 8, 3), np.uint8)))
        >>> judged = Judged(frame, "scratch", True, 0.97, 0.9, "builtin/surface@0", {})
        >>> alarms, records = after_frame(Alarms("press-3"), DecisionConfig(), judged, "raise")
        >>> [(x.step, x.state, x.verdict) for x in records], alarms.state("camera")
        ([('raised', 'unacknowledged', 'scratch')], 'unacknowledged')
    """
    alarm = alarms.of(judged.frame.source, judged.frame.channel)
    if step is None or (step == "return" and alarm is None):
        return alarms, ()
    if step == "raise":
        raised = _raised(alarms.line, alarm, config, judged, preview)
    elif alarm is not None:
        seen = replace(alarm.last, score=judged.score, threshold=judged.threshold)
        raised = replace(alarm, last=seen, condition=False)
    if raised.shelved is not None:
        return alarms.put(raised), ()
    frame = judged.frame
    name = "raised" if step == "raise" else "returned"
    after, records = stepped(raised, name, frame.time, frame.id, frame=frame.id)
    return alarms.put(after), records


def _raised(
    line: str, alarm: Alarm | None, config: DecisionConfig, judged: Judged, preview: str | None
) -> Alarm:
    frame = judged.frame
    its = alarm_id(line, *(frame.source, frame.channel, frame.id)) if alarm is None else alarm.id
    facts = AlarmRecord(
        id="", alarm=its, time=frame.time, step="raised", state="unacknowledged",
        source=frame.source, channel=frame.channel, frame=frame.id, verdict=judged.verdict,
        score=judged.score, threshold=judged.threshold, asset=frame.asset, part=frame.part,
        preview=preview,
    )  # fmt: skip
    if alarm is None:
        return Alarm(facts, latched=config.latch)
    if alarm.shelved is None:
        return replace(alarm, last=facts, condition=True, acknowledged=False)
    # What stands in `last` is shown while it is shelved, and sent if it comes back.
    shown = replace(facts, id=alarm.last.id, step="shelved", state="shelved", until=alarm.until)
    return replace(alarm, last=shown, condition=True, acknowledged=False, again=True)
