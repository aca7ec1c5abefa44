"""`trend`: dated recordings of one asset in; its health over time, first warning and alarm out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.core.notice import Notice
from faultlens.inference.snapshot import Snapshot, snapshot, snapshot_file, vibration_channels
from faultlens.inference.timeline import Timeline, recordings_of, timeline
from faultlens.inference.trend_result import Trend
from faultlens.metrics.change import ALARM, BROAD_WARNING_DB, WARNING, Followed, follow
from faultlens.reports.trend_view import Moved, TrendMark, TrendView
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.signal import Bearing, Signal

HEALTHY = 25
"""First recordings that are taken as healthy, where nobody says how many are."""

FEWEST_HEALTHY = 5
"""Below that the scatter of a healthy machine cannot be told from luck."""

HEALTHY_SHARE = 1 / 3
"""Most of a short series that is taken as healthy."""

FALSE_ALARMS = 0.1
"""Chance that a healthy asset is ever warned of, nominal; see `metrics.change.warning_limit`."""

BRIEF = 0.05
"""Share of the whole time below which a healthy phase that nobody stated is likely run-in."""

REASONS = 3
"""Measures that are named as the reason of a warning."""

ROWS = 6
"""Measures with a row of their own in the picture."""

SAME_RATE = 0.01
"""Difference of two sampling rates, or speeds, that still counts as the same."""


def trend(
    recordings: str | Path | Sequence[str | Path | Signal | Recording],
    *,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
    sample_rate_hz: float | None = None,
    channel: str | int | None = None,
    healthy: int | None = None,
    false_alarms: float = FALSE_ALARMS,
    lang: str = "en",
) -> Trend:
    """Follow the health of one asset over its recordings, each judged by the past alone.

    Args:
        recordings: a folder, or files, globs, signals or opened recordings.
        shaft_rpm: shaft speed where no sidecar says it, revolutions per minute.
        bearing: bearing where no sidecar says it; with it and the speed its lines are followed too.
        sample_rate_hz: samples per second, where a file does not say it.
        channel: name or index of the channel; None follows all that may be vibration.
        healthy: how many first recordings are healthy; None takes 25, and a third of fewer than 75.
        false_alarms: nominal chance that a healthy asset is ever warned of, 0.001 to 0.5.
        lang: "en" or "zh".

    Raises:
        InputError: a recording cannot be read, or too few are there.
        UsageError: a healthy phase or a rate that cannot be.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> loud = [1.0] * 40 + [4.0] * 5
        >>> signals = [Signal(x * rng.normal(size=4096), 12800.0, time=f"2024-01-{1 + i // 24:02}T"
        ...                   f"{i % 24:02}:00") for i, x in enumerate(loud)]
        >>> found = trend(signals, healthy=20)
        >>> found.view.warning.index, found.state
        (41, 'alarm')
    """
    if isinstance(recordings, str | Path):
        recordings = [recordings]
    passed: tuple[Notice, ...] = ()
    made: list[Snapshot] = []
    given = [x for x in recordings if isinstance(x, Signal | Recording)]
    for each in given:
        made.append(snapshot([in_memory(each) if isinstance(each, Signal) else each]))
    places = [x for x in recordings if isinstance(x, str | Path)]
    if places:
        paths, passed = recordings_of(places)
        wanted = (
            (str(channel),)
            if channel is not None
            else vibration_channels(paths[0], sample_rate_hz=sample_rate_hz)
        )
        for path in paths:
            made.append(
                snapshot_file(
                    path,
                    channels=wanted,
                    sample_rate_hz=sample_rate_hz,
                    shaft_rpm=shaft_rpm,
                    bearing=bearing,
                )
            )
    return trend_of(
        made,
        healthy=healthy,
        false_alarms=false_alarms,
        title=_title(places),
        warnings=passed,
        lang=lang,
    )


def trend_of(
    snapshots: Sequence[Snapshot],
    *,
    healthy: int | None = None,
    false_alarms: float = FALSE_ALARMS,
    title: str = "",
    warnings: Sequence[Notice] = (),
    lang: str = "en",
) -> Trend:
    """Follow the health of one asset over recordings that were measured already.

    Args:
        snapshots: in any order; those unlike the first, or without a date, are left out.
        healthy: as in `trend`.
        false_alarms: as in `trend`.
        title: what to call the asset where no recording says.
        warnings: what was noticed before.
        lang: "en" or "zh".

    Raises:
        UnusableSignalError: too few recordings to follow.
        UsageError: a healthy phase or a rate that cannot be.

    Example:
        >>> trend_of([])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnusableSignalError: 0 recordings can be followed; ...
    """
    if not snapshots:
        raise _too_few(0)
    line = timeline(snapshots)
    kept, left_out = _alike(line)
    count = _healthy(healthy, len(kept))
    rows = [line.snapshots[i] for i in kept]
    measures = rows[0].measures
    values = np.array([x.values for x in rows])
    followed = follow(
        values,
        floors=np.array([x.spread_floor for x in measures]),
        bands=np.array([x.is_band for x in measures]),
        healthy=count,
        false_alarms=false_alarms,
    )
    warned, alarmed = followed.first(WARNING), followed.first(ALARM)
    marks = [None if x is None else _mark(followed, values, rows, x) for x in (warned, alarmed)]
    shown = _shown(followed, marks)
    times_s = line.times_s[kept] - line.times_s[kept[0]]
    said = [*warnings, *line.warnings]
    said += _healthy_doubts(followed, healthy, times_s) + _doubts(rows)
    view = TrendView(
        title=next((x.asset for x in rows if x.asset), title),
        files=tuple(x.file for x in rows),
        times_s=times_s,
        time_kind=line.kind,
        start=None if line.start is None or rows[0].time is None else rows[0].time.isoformat(),
        indicator=followed.indicator,
        low=followed.low,
        high=followed.high,
        healthy=count,
        warning=marks[0],
        alarm=marks[1],
        shown=tuple(measures[i] for i in shown),
        distances=followed.smoothed[:, shown],
        footer=_footer(rows, false_alarms, lang),
    )
    return Trend(
        view=view,
        followed=followed,
        snapshots=tuple(rows),
        left_out=left_out,
        warnings=tuple(x.of(lang) for x in dict.fromkeys(said)),
        false_alarms=false_alarms,
        lang=lang,
    )


def _title(places: Sequence[str | Path]) -> str:
    return Path(places[0]).resolve().name if len(places) == 1 else ""


def _alike(line: Timeline) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """Which recordings can be compared with the first, and why the others cannot."""
    left = [(x, "It has no date, and the others have.") for x in line.undated]
    kept: list[int] = []
    for number, each in enumerate(line.snapshots):
        first = line.snapshots[kept[0]] if kept else each
        if abs(each.sample_rate_hz / first.sample_rate_hz - 1) > SAME_RATE:
            why = f"It is sampled at {each.sample_rate_hz:g} Hz, the first at "
            left.append((each.file, f"{why}{first.sample_rate_hz:g} Hz; bands cannot be compared."))
        elif each.unit != first.unit:
            why = f"Its unit is {each.unit or 'not known'}, that of the first "
            left.append((each.file, f"{why}{first.unit or 'not known'}; state it in a sidecar."))
        elif each.measures != first.measures:
            why = "Its channels, speed or bearing are known otherwise than those of the first"
            left.append((each.file, f"{why}; the same measures are needed of all."))
        else:
            kept.append(number)
    if len(kept) <= FEWEST_HEALTHY:
        raise _too_few(len(kept), *(f"{file}: {why}" for file, why in left[:1]))
    return kept, tuple(left)


def _too_few(count: int, *reasons: str) -> UnusableSignalError:
    told = (
        f"{count} recordings can be followed; {FEWEST_HEALTHY} healthy ones and one more are "
        "needed at least."
    )
    return UnusableSignalError(" ".join([told, *reasons]))


def _healthy(wanted: int | None, recordings: int) -> int:
    if wanted is None:
        return min(HEALTHY, max(FEWEST_HEALTHY, int(recordings * HEALTHY_SHARE)))
    if not FEWEST_HEALTHY <= wanted < recordings:
        raise UsageError(
            f"{wanted} healthy recordings of {recordings}; name {FEWEST_HEALTHY} to "
            f"{recordings - 1} (--healthy)."
        )
    return wanted


def _mark(
    followed: Followed, values: np.ndarray[Any, Any], rows: Sequence[Snapshot], index: int
) -> TrendMark:
    distances = followed.smoothed[index]
    recent = np.median(values[max(0, index - 2) : index + 1], axis=0)
    broad = float(followed.broad_db[index])
    is_broad = broad / BROAD_WARNING_DB >= followed.indicator[index]
    # A broad rise is named by what rose most, a lasting one by what stayed furthest.
    ranked = np.argsort(-((recent - followed.centres) if is_broad else distances), kind="stable")
    levels = [i for i in ranked if not is_broad or rows[0].measures[i].kind == "level"]
    moved = tuple(
        Moved(
            rows[0].measures[i],
            float(followed.centres[i]),
            float(recent[i]),
            float(distances[i]),
        )
        for i in levels[:REASONS]
    )
    return TrendMark(index, moved, broad if is_broad else None)


def _shown(followed: Followed, marks: Sequence[TrendMark | None]) -> list[int]:
    """Numbers of the measures with a row: furthest at the first warning, or ever where none is."""
    first = next((x for x in marks if x is not None), None)
    furthest = followed.smoothed.max(axis=0) if first is None else followed.smoothed[first.index]
    return [int(i) for i in np.argsort(-furthest, kind="stable")[:ROWS]]


def _healthy_doubts(
    followed: Followed, wanted: int | None, times_s: np.ndarray[Any, Any]
) -> list[Notice]:
    """What speaks against the recordings that are taken as healthy."""
    said: list[Notice] = []
    healthy, count = followed.healthy, len(times_s)
    if wanted is None and healthy < HEALTHY:
        said.append(
            Notice(
                en=f"Of {count} recordings the first {healthy} are taken as healthy; state how "
                "many are (--healthy), or the phase grows with the series up to "
                f"{HEALTHY}.",
                zh=f"共 {count} 条记录，前 {healthy} 条作为健康基准；请用 --healthy 指定条数，"
                f"否则基准会随记录增多而延长，最多 {HEALTHY} 条。",
            )
        )
    if wanted is None and times_s[healthy - 1] < BRIEF * times_s[-1]:
        share = 100 * times_s[healthy - 1] / times_s[-1]
        said.append(
            Notice(
                en=f"The {healthy} recordings taken as healthy span {share:.1f} % of the time: if "
                "the asset was still running in, later ones warn of that. State more (--healthy).",
                zh=f"作为健康基准的 {healthy} 条记录仅占总时间的 {share:.1f} %：若设备当时仍在"
                "磨合，之后的变化会触发预警。请用 --healthy 指定更多条数。",
            )
        )
    if followed.indicator[:healthy].max() >= WARNING:
        said.append(
            Notice(
                en="The recordings taken as healthy change among themselves as much as warns: was "
                "the asset healthy, and run in?",
                zh="作为健康基准的记录自身变化已达预警水平：请确认设备当时健康且已完成磨合。",
            )
        )
    return said


def _doubts(rows: Sequence[Snapshot]) -> list[Notice]:
    """What speaks against comparing the recordings, and what is said of every one."""
    said: list[Notice] = []
    speeds = [x.shaft_rpm for x in rows if x.shaft_rpm is not None]
    if speeds and max(speeds) > (1 + SAME_RATE) * min(speeds):
        low, high = min(speeds), max(speeds)
        said.append(
            Notice(
                en=f"The shaft speed differs between recordings, {low:.0f} to {high:.0f} rpm; "
                "levels change with it. Compare recordings of one speed.",
                zh=f"各记录转速不同，为 {low:.0f} 至 {high:.0f} r/min；振动级随转速变化。"
                "请比较相同转速的记录。",
            )
        )
    shared = set.intersection(*(set(x.warnings) for x in rows))
    said += [x for x in rows[0].warnings if x in shared]
    own = sum(bool(set(x.warnings) - shared) for x in rows)
    if own:
        said.append(
            Notice(
                en=f"{own} of {len(rows)} recordings have warnings of their own; diagnose them to "
                "read these.",
                zh=f"{len(rows)} 条记录中有 {own} 条另有各自的注意事项；诊断该记录即可查看。",
            )
        )
    return said


def _footer(rows: Sequence[Snapshot], false_alarms: float, lang: str) -> str:
    channels = [x for x in dict.fromkeys(x.channel for x in rows[0].measures) if x]
    told = [
        Notice(f"{len(rows)} recordings", f"{len(rows)} 条记录").of(lang),
        f"{rows[0].sample_rate_hz:.0f} Hz",
        ", ".join(channels),
        "" if rows[0].shaft_rpm is None else f"{rows[0].shaft_rpm:.0f} rpm",
        Notice(f"false alarms {false_alarms:g}", f"误报率 {false_alarms:g}").of(lang),
    ]
    return "  ·  ".join(x for x in told if x)
