"""Whether results belong together: of one asset, of one time, each counted once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.inference.verdict.reading import Reading
from faultlens.reports.verdict_phrases import verdict_phrase

HOURS_APART = 24.0
"""Hours that results of one visit may lie apart without a warning. Our convention: a bearing fault
grows over days to weeks, and a day's round of a plant is one visit."""


@dataclass(frozen=True)
class Visit:
    """Results that belong together.

    Args:
        readings: what the sensors say, each once.
        asset: the machine; None where nobody said.
        time: of the latest result; None where nobody said.
        notices: what speaks against joining them.
    """

    readings: tuple[Reading, ...]
    asset: str | None
    time: datetime | None
    notices: tuple[Notice, ...]


def one_visit(
    readings: Sequence[Reading], *, asset: str | None = None, hours_apart: float = HOURS_APART
) -> Visit:
    """Check that results are of one asset and one time, and leave out those given twice.

    Args:
        readings: what the sensors say.
        asset: the machine, where no result names it.
        hours_apart: hours that results may lie apart without a warning.

    Raises:
        InputError: results of different assets.
        UsageError: no result, or hours that cannot be.

    Example:
        >>> from faultlens.inference.verdict.sensors import readings_of
        >>> spots = [{"score": 0.8}]
        >>> one, other = (readings_of({"hot_spots": spots, "asset": x}, f"{x}.tif")[0]
        ...               for x in ("pump 7", "pump 8"))
        >>> one_visit([one, other])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.InputError: The results are of different assets: ...
    """
    if not readings:
        raise UsageError("No results were given; give one per sensor of the asset.")
    if not hours_apart > 0:
        raise UsageError(f"hours_apart is {hours_apart:g}; it must be a positive number of hours.")
    kept, twice = _once(readings)
    name = _one_asset(kept, asset)
    return Visit(
        readings=kept,
        asset=name,
        time=max((x.time for x in kept if x.time is not None), key=_in_utc, default=None),
        notices=(*twice, *_unnamed(kept, name, bool(asset)), *_apart(kept, hours_apart)),
    )


def _once(readings: Sequence[Reading]) -> tuple[tuple[Reading, ...], list[Notice]]:
    """Each result once, and what was left out or is no independent witness."""
    kept: list[Reading] = []
    notices = []
    for each in readings:
        if each in kept:
            notices.append(
                Notice(
                    en=f"The result of {each.name} was given twice; it counts once.",
                    zh=f"{each.name} 的结果给出了两次，只计一次。",
                )
            )
            continue
        if any(each.identity == x.identity for x in kept):
            notices.append(
                Notice(
                    en=f"{each.name} was judged more than once; two judgements of one file are "
                    "hardly two witnesses, and the joined probability is too sure.",
                    zh=f"{each.name} 被判断了不止一次；同一文件的两次判断算不上两个证据，"
                    "合并概率偏于肯定。",
                )
            )
        kept.append(each)
    return tuple(kept), notices


def _one_asset(readings: Sequence[Reading], stated: str | None) -> str | None:
    named = {_spelt(x.asset): x for x in reversed(readings) if x.asset}
    if stated and stated.strip():
        others = [x for spelt, x in named.items() if spelt != _spelt(stated)]
        if others:
            raise InputError(
                f"The results are said to be of '{stated}', but {others[0].name} is of "
                f"'{others[0].asset}'. Join only results of one asset, or correct the name."
            )
        return stated
    if len(named) > 1:
        told = ", ".join(f"{x.name} is of '{x.asset}'" for x in reversed(named.values()))
        raise InputError(
            f"The results are of different assets: {told}. Join only results of one asset, or "
            "correct the name in the sidecar."
        )
    return next((x.asset for x in readings if x.asset), None)


def _spelt(name: str | None) -> str:
    """A name without what people spell now so, now so: "Pump-7" and "pump 7" are one."""
    return "".join(x for x in (name or "").casefold() if x.isalnum())


def _unnamed(readings: Sequence[Reading], asset: str | None, stated: bool) -> list[Notice]:
    silent = [x.name for x in readings if not x.asset]
    if len(readings) == 1 or stated or not silent:
        return []
    if asset is None:
        return [
            Notice(
                en="No result names its asset; they are joined as one asset because they were "
                "given together.",
                zh="各结果均未注明设备；因一并给出而按同一设备合并。",
            )
        ]
    told = ", ".join(silent)
    return [
        Notice(
            en=f"Not every result names its asset: {told} is taken to be of '{asset}'.",
            zh=f"并非所有结果都注明了设备：{told} 按“{asset}”处理。",
        )
    ]


def _apart(readings: Sequence[Reading], hours_apart: float) -> list[Notice]:
    timed = [(_in_utc(x.time), x) for x in readings if x.time is not None]
    if len(timed) < 2:
        return []
    first, last = (end(timed, key=lambda x: x[0]) for end in (min, max))
    apart = last[0] - first[0]
    found = []
    if apart > timedelta(hours=hours_apart):
        span = [verdict_phrase("span", lang, **_span(apart, lang)) for lang in ("en", "zh")]
        found.append(
            Notice(
                en=f"{first[1].name} was taken {span[0]} before {last[1].name}: the asset may have "
                "changed between them.",
                zh=f"{first[1].name} 比 {last[1].name} 早 {span[1]}：其间设备状态可能已经改变。",
            )
        )
    if len({x.time.tzinfo is None for _, x in timed if x.time is not None}) > 1:
        found.append(
            Notice(
                en="Some times name their zone and some do not; those without are taken as UTC.",
                zh="部分时间注明了时区，部分没有；未注明的按 UTC 处理。",
            )
        )
    return found


def _span(apart: timedelta, lang: str) -> dict[str, object]:
    hours = apart / timedelta(hours=1)
    long = hours >= 48
    return {
        "count": f"{hours / 24 if long else hours:.0f}",
        "unit": verdict_phrase("days" if long else "hours", lang),
    }


def _in_utc(time: datetime | None) -> datetime:
    assert time is not None  # asked before
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
