"""Figures on real bearings: fault type by forced choice, false alarms on healthy, recall."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from faultlens.core.progress import progress
from faultlens.datasets.packs import LabelledRecording, read_packs
from faultlens.inference.diagnose import diagnose
from faultlens.inference.findings import Diagnosis
from faultlens.metrics.classification import auroc, balanced_accuracy, recalls
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.reports.view import NO_FAULT
from faultlens.signals.windows import window_starts

RIGS = {
    "cwru_12k_de": "CWRU drive end",
    "cwru_12k_fe": "CWRU fan end",
    "mfpt": "MFPT",
    "cwru_normal_48k": "CWRU healthy",
    "ims_subset": "IMS healthy",
}
RATES_HZ = {"cwru_normal_48k": 12000.0}
WINDOW_S = 2.0
WINDOWS_PER_RECORDING = 4

FORCED = {"outer": "outer race fault", "inner": "inner race fault", "ball": "ball fault"}
"""Label of the data -> the sentence that is asked for in the forced choice."""

FAULT_KEYS = {"outer": "outer_race", "inner": "inner_race", "ball": "rolling_element"}


@dataclass(frozen=True)
class WindowResult:
    """What became of one window.

    Args:
        rig: where it comes from.
        recording: the group that intervals are taken over.
        label: what is true.
        forced: best of the three fault types when only these are asked for.
        best: key of the best fault of the knowledge base's set.
        verdict: key of the verdict with that set.
        fault_score: probability of any fault of that set.
        alarm: whether it alarmed.
        threshold: the threshold it was held against.
    """

    rig: str
    recording: str
    label: str
    forced: str
    best: str
    verdict: str
    fault_score: float
    alarm: bool
    threshold: float


def judge_windows(recordings: Iterable[LabelledRecording]) -> list[WindowResult]:
    """Diagnose up to four windows of 2 s of each recording; a shorter recording whole.

    Args:
        recordings: real recordings with their labels.

    Example:
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=2.0, seed=1, snr_db=10.0)
        >>> judged = judge_windows([LabelledRecording("our rig", "first", "outer", made.signal)])
        >>> [(x.recording, x.label, x.forced) for x in judged]
        [('our rig/first', 'outer', 'outer')]
    """
    results = []
    for recording in recordings:
        signal = recording.signal
        seconds = min(WINDOW_S, signal.duration_s)
        size = round(seconds * signal.sample_rate_hz)
        starts = window_starts(len(signal.samples), signal.sample_rate_hz, seconds)
        for start in starts[:WINDOWS_PER_RECORDING]:
            window = replace(signal, samples=signal.samples[start : start + size])
            forced = diagnose(window, faults=list(FORCED.values()))
            free = diagnose(window)
            faults = [x for x in free.findings if x.is_fault]
            results.append(
                WindowResult(
                    rig=recording.rig,
                    recording=f"{recording.rig}/{recording.key}",
                    label=recording.label,
                    forced=_forced_choice(forced),
                    best=faults[0].fault,
                    verdict=free.view.verdict_fault,
                    fault_score=sum(x.score for x in faults),
                    alarm=free.alarm,
                    threshold=free.threshold,
                )
            )
    return results


def bearing_benchmark(folder: str | Path, *, quiet: bool = False) -> list[WindowResult]:
    """Judge the real recordings under `folder`; see `bearing_tables` for the figures.

    Args:
        folder: holds `manifest.csv` and the packs.
        quiet: no progress bar.

    Raises:
        UnreadableFileError: the packs are not there.

    Example:
        >>> bearing_benchmark("/nowhere", quiet=True)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv cannot be read: ...
    """
    recordings = read_packs(folder, RIGS, sample_rate_hz=RATES_HZ)
    return judge_windows(progress(recordings, label="Real recordings", quiet=quiet))


def bearing_tables(results: Sequence[WindowResult]) -> str:
    """The figures as Markdown: types, false alarms and recall, with n and 95 % intervals.

    Args:
        results: judged windows.

    Example:
        >>> one = WindowResult("our rig", "our rig/first", "outer", "outer", "outer_race",
        ...                    "outer_race", fault_score=0.9, alarm=True, threshold=0.5)
        >>> print(bearing_tables([one]).splitlines()[4])
        | our rig | 1 | 1.000 [1.000, 1.000] | 1.000 | - | - | 1.000 |
    """
    rigs = list(dict.fromkeys(x.rig for x in results if x.label != "healthy"))
    lines = [
        f"Fault type, forced choice of three, windows of {WINDOW_S:g} s, up to "
        f"{WINDOWS_PER_RECORDING} per recording; 95 % interval over recordings",
        "",
        "| rig | windows | balanced accuracy | outer | inner | ball | with the full set |",
        "|---|---|---|---|---|---|---|",
    ]
    for rig in rigs:
        rows = [x for x in results if x.rig == rig]
        lines.append(_type_row(rig, rows))
    healthy = [x for x in results if x.label == "healthy"]
    lines += ["", *_alarm_lines(healthy, results, rigs)]
    return "\n".join(lines) + "\n"


def _forced_choice(result: Diagnosis) -> str:
    label = next(x.label for x in result.findings if x.label in FORCED.values())
    return next(key for key, sentence in FORCED.items() if sentence == label)


def _type_row(rig: str, rows: Sequence[WindowResult]) -> str:
    truth = [x.label for x in rows]
    forced = [x.forced for x in rows]
    full = [x.best for x in rows]
    keys = [FAULT_KEYS[x] for x in truth]
    low, high = bootstrap_interval(
        lambda i: balanced_accuracy([truth[k] for k in i], [forced[k] for k in i]),
        [x.recording for x in rows],
        strata=truth,
    )
    recall = recalls(truth, forced)
    cells = [f"{recall[x]:.3f}" if x in recall else "-" for x in ("outer", "inner", "ball")]
    return (
        f"| {rig} | {len(rows)} | {balanced_accuracy(truth, forced):.3f} "
        f"[{low:.3f}, {high:.3f}] | {' | '.join(cells)} | {balanced_accuracy(keys, full):.3f} |"
    )


def _alarm_lines(
    healthy: Sequence[WindowResult], results: Sequence[WindowResult], rigs: Sequence[str]
) -> list[str]:
    if not healthy:
        return ["No healthy recordings."]
    false = sum(x.alarm for x in healthy)
    low, high = share_interval(false, len(healthy))
    named = sum(x.verdict not in NO_FAULT for x in healthy)
    lines = [
        f"Healthy windows called faulty, without a profile (threshold "
        f"{healthy[0].threshold:.4f}, from simulation): {false} of {len(healthy)} alarm "
        f"({100 * false / len(healthy):.1f} % [{100 * low:.1f}, {100 * high:.1f}]), "
        f"{named} have a fault as verdict",
        "",
        "| rig | label | windows | alarmed at that threshold | AUROC against all healthy |",
        "|---|---|---|---|---|",
    ]
    quiet = np.array([x.fault_score for x in healthy])
    for rig in list(dict.fromkeys(x.rig for x in healthy)):
        rows = [x for x in healthy if x.rig == rig]
        lines.append(
            f"| {rig} | healthy | {len(rows)} | {np.mean([x.alarm for x in rows]):.3f} | |"
        )
    for rig in rigs:
        for label in ("outer", "inner", "ball"):
            rows = [x for x in results if x.rig == rig and x.label == label]
            if rows:
                score = auroc(np.array([x.fault_score for x in rows]), quiet)
                share = np.mean([x.alarm for x in rows])
                lines.append(f"| {rig} | {label} | {len(rows)} | {share:.3f} | {score:.3f} |")
    return lines
