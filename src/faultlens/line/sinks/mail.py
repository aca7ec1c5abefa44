"""The mail about a step of an alarm: its words, its thread, its picture."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from faultlens.line.sinks.message import details, headline, one_line
from faultlens.store.records import AlarmRecord

_LARGEST_PICTURE = 2_000_000
"""Of a mail, bytes; previews have a hundredth of it."""


def mail_of(
    alarm: AlarmRecord, sender: str, to: tuple[str, ...], lang: str, picture: bytes | None = None
) -> EmailMessage:
    """The mail about a step of an alarm.

    Args:
        alarm: the step.
        sender: address that it comes from.
        to: addresses that it goes to.
        lang: "en" or "zh".
        picture: JPEG to be shown; None for none.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> step = AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera", verdict="裂纹")
        >>> mail = mail_of(step, "line@plant", ("anna@plant",), "zh")
        >>> mail["Subject"]
        '报警：裂纹，camera（得分 0.000，阈值 0.000）'
    """
    mail = EmailMessage()
    mail["Subject"] = headline(alarm, lang)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(datetime.now(UTC))
    # The same step has the same id, also when it comes twice; a thread hangs at its alarm's.
    mail["Message-ID"] = _message_id("step", alarm.id)
    mail["References"] = _message_id("alarm", alarm.alarm)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Faultlens-Alarm"] = one_line(alarm.alarm, 100)
    if alarm.step == "raised":
        mail["X-Priority"] = "1"
    mail.set_content(f"{headline(alarm, lang)}\n\n{details(alarm, lang)}\n")
    if picture is not None:
        mail.add_attachment(picture, "image", "jpeg", filename="alarm.jpg", disposition="inline")
    return mail


def picture_of(alarm: AlarmRecord, media: Path | None) -> bytes | None:
    """The small picture of an alarm; None where there is none to be shown.

    Args:
        alarm: the step.
        media: folder that its `preview` lies below; None for none.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> step = AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera")
        >>> picture_of(step, Path("state/media")) is None
        True
    """
    if media is None or alarm.preview is None:
        return None
    try:
        path = (media / alarm.preview).resolve()
        if not path.is_relative_to(media.resolve()) or path.stat().st_size > _LARGEST_PICTURE:
            return None
        content = path.read_bytes()
    # An alarm goes out also where its picture is gone already.
    except (OSError, ValueError):
        return None
    return content if content.startswith(b"\xff\xd8\xff") else None


def _message_id(kind: str, name: str) -> str:
    plain = "".join(x if x.isascii() and (x.isalnum() or x in "-.") else "_" for x in name)
    return f"<{kind}.{plain[:100]}@faultlens>"
