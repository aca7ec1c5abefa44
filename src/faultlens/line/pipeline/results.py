"""A verdict as the record of it: of plain, finite numbers and of letters that every store takes."""

import json
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.line.judged import Judged
from faultlens.line.media import Kept
from faultlens.store.records import ResultRecord

_DIGITS = 5
"""Of an embedding: what a float32 of a unit row holds within 1e-5, in half the letters."""

LONGEST_RESULT = 200_000
"""Letters of the JSON of one result; what is longer is kept without its findings' evidence."""


def result_record(
    judged: Judged, kept: Kept, *, shift: str, now: datetime, latency_s: float
) -> ResultRecord:
    """The record of a frame's result.

    Args:
        judged: the frame and its verdict.
        kept: files that were kept of it.
        shift: name of the shift; "" for none.
        now: time of the result.
        latency_s: from the frame's arrival to its result, s.

    Example:
        >>> from datetime import UTC
        >>> from faultlens.images.image import Image
        >>> from faultlens.line.frame import Frame
        >>> now = datetime(2026, 11, 26, tzinfo=UTC)
        >>> frame = Frame("7", "belt", now, Image(np.zeros((8, 8), np.uint8)))
        >>> judged = Judged(frame, "scratch", True, 0.9, 0.5, "m@1", {})
        >>> made = result_record(judged, Kept(), shift="early", now=now, latency_s=0.1)
        >>> made.frame, made.verdict, made.kind, made.shift
        ('7', 'scratch', 'picture', 'early')
    """
    frame = judged.frame
    score, threshold = _finite(judged.score), _finite(judged.threshold)
    error = judged.error
    if not error and not (isfinite(judged.score) and isfinite(judged.threshold)):
        error = f"the detector gave score {judged.score} and threshold {judged.threshold}"
    return ResultRecord(
        source=frame.source, frame=frame.id, time=frame.time, judged=now,
        verdict=clean(judged.verdict), alarm=judged.alarm, score=score, threshold=threshold,
        kind=frame.kind, channel=frame.channel, part=frame.part, asset=frame.asset, shift=shift,
        model=clean(judged.model), profile=judged.profile,
        false_alarm_rate=judged.false_alarm_rate, error=clean(error),
        latency_s=round(latency_s, 6), result=plain(judged.result),
        quality={k: float(x) for k, x in judged.quality.items() if isfinite(x)},
        embedding=_row(judged.embedding), preview=kept.preview, media=kept.media,
        media_sha256=kept.media_sha256,
    )  # fmt: skip


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a result without what a database refuses: NaN, NUL, halves of letters.

    Args:
        result: `to_dict()` of a result.

    Example:
        >>> plain({"score": float("nan"), "label": "a\\0b"})
        {'score': None, 'label': 'ab'}
    """
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False)
        text.encode()
        is_plain = "\\u0000" not in text
    except (ValueError, TypeError):
        is_plain = False
    if not is_plain:
        result = _plain(result)
        text = json.dumps(result, ensure_ascii=False)
    if len(text) > LONGEST_RESULT:
        result = _plain(_without_evidence(result))
    return result


def clean(text: str) -> str:
    """The text in letters that every store takes.

    Args:
        text: any, as a file name of undecodable bytes.

    Example:
        >>> clean("a\\0b\\udc80")
        'ab\\\\udc80'
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "backslashreplace").decode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {clean(str(k)): _plain(x) for k, x in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    return clean(str(value))


def _without_evidence(result: dict[str, Any]) -> dict[str, Any]:
    bare = {k: x for k, x in result.items() if k != "findings"}
    findings = [
        {k: x for k, x in each.items() if k in ("label", "score")}
        for each in result.get("findings", ())
        if isinstance(each, dict)
    ]
    if len(json.dumps(_plain(bare))) > LONGEST_RESULT:
        bare = {k: x for k, x in bare.items() if isinstance(x, str | int | float | None)}
    return {**bare, "findings": findings[:1000]}


def _row(embedding: NDArray[np.float32] | None) -> tuple[float, ...] | None:
    if embedding is None or not np.isfinite(embedding).all():
        return None
    return tuple(np.round(embedding.astype(np.float64), _DIGITS).tolist())


def _finite(value: float) -> float:
    return float(value) if isfinite(value) else 0.0
