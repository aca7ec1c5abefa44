"""What a sink says of a step of an alarm: as a table for machines, in words for people."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.store.records import AlarmRecord

SCHEMA = 1
"""Of the table; a receiver that knows this number knows every field."""

_STEPS = {
    "raised": Notice("Alarm", "报警"),
    "acknowledged": Notice("Alarm acknowledged", "报警已确认"),
    "returned": Notice("Alarm returned to normal", "报警已恢复正常"),
    "shelved": Notice("Alarm shelved", "报警已搁置"),
    "unshelved": Notice("Alarm no longer shelved", "报警取消搁置"),
    "reset": Notice("Alarm reset", "报警已复位"),
    "closed": Notice("Alarm closed", "报警已结束"),
}
_FIELDS = (
    ("source", Notice("Source", "来源")),
    ("channel", Notice("Channel", "通道")),
    ("asset", Notice("Asset", "设备")),
    ("part", Notice("Part", "零件")),
    ("verdict", Notice("Verdict", "判定")),
    ("score", Notice("Score", "得分")),
    ("threshold", Notice("Threshold", "阈值")),
    ("state", Notice("State", "状态")),
    ("user", Notice("By", "操作人")),
    ("comment", Notice("Comment", "说明")),
    ("until", Notice("Until", "截至")),
    ("frame", Notice("Frame", "帧")),
    ("time", Notice("Time", "时间")),
    ("alarm", Notice("Alarm id", "报警编号")),
)


def alarm_table(alarm: AlarmRecord, lang: str) -> dict[str, Any]:
    """A step of an alarm as JSON holds it.

    Args:
        alarm: the step.
        lang: of `message`, "en" or "zh".

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> step = AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera")
        >>> table = alarm_table(step, "en")
        >>> table["schema"], table["id"], table["time"]
        (1, 's1', '2026-11-26T08:00:00+00:00')
        >>> table["message"]
        'Alarm: unknown, camera (score 0.000, threshold 0.000)'
    """
    rows = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(alarm).items()
    }
    return {"schema": SCHEMA, **rows, "message": headline(alarm, lang)}


def headline(alarm: AlarmRecord, lang: str) -> str:
    """A step of an alarm in one line, for a display, a subject, a log.

    Args:
        alarm: the step.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> step = AlarmRecord("s1", "a1", at, "closed", "normal", "hall", "pump-7")
        >>> headline(step, "zh")
        '报警已结束：未知，hall / pump-7'
    """
    checked_language(lang)
    place = " / ".join(x for x in (alarm.asset or alarm.source, alarm.channel) if x)
    words = _STEPS[alarm.step].of(lang) if alarm.step in _STEPS else alarm.step
    score, threshold = f"{alarm.score:.3f}", f"{alarm.threshold:.3f}"
    if lang == "zh":
        text = f"{words}：{alarm.verdict or '未知'}，{place}"
        numbers = f"（得分 {score}，阈值 {threshold}）"
    else:
        text = f"{words}: {alarm.verdict or 'unknown'}, {place}"
        numbers = f" (score {score}, threshold {threshold})"
    # Sentences come from files and pages: none of them may break a line of a header or of a log.
    return one_line(text + numbers if alarm.step == "raised" else text)


def details(alarm: AlarmRecord, lang: str) -> str:
    """All that is known of a step of an alarm, a line each.

    Args:
        alarm: the step.
        lang: "en" or "zh".

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> print(details(AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera"), "en"))
        Source: camera
        Score: 0.000
        Threshold: 0.000
        State: unacknowledged
        Time: 2026-11-26 08:00:00 UTC
        Alarm id: a1
    """
    colon = "：" if checked_language(lang) == "zh" else ": "
    rows = []
    for name, words in _FIELDS:
        value = getattr(alarm, name)
        if value is None or value == "":
            continue
        rows.append(f"{words.of(lang)}{colon}{one_line(_shown(value))}")
    return "\n".join(rows)


def one_line(text: str, longest: int = 500) -> str:
    """A text without line breaks and control characters, cut where it is too long.

    Args:
        text: any.
        longest: characters.

    Example:
        >>> one_line("crack\\r\\nBcc: all@plant")
        'crack Bcc: all@plant'
    """
    words = "".join(x if x.isprintable() else " " for x in text)
    flat = " ".join(words.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} {value.tzname()}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
