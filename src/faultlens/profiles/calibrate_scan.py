"""Makes the profile of a product's scans from how far the worst places of sound parts stand out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.metrics.conformal import conformal_threshold
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.profiles.scan_scores import (
    CALIBRATED_FROM,
    SIGNIFICANCE_THRESHOLD,
    alarm_threshold,
    probability_of,
)

LIKE_A_DEFECT = 4.0
"""Times the simulated threshold from which a sound part is doubted."""


@dataclass(frozen=True)
class ScansCounted:
    """What a profile states beside what it learned; see `ScanProfile` for the fields.

    Args:
        model: name and hash.
        name: how the profile is called in results.
        false_alarms: share of sound parts that may alarm.
        reference: form of the reference surface.
        golden: file of the golden scan; "" for none.
        golden_sha256: of it.
        golden_unit: unit in which it is read.
        defects: sentences that will be asked for.
        part: what is scanned.
        unit: in which the files are read.
        least_depth_mm: below which nothing is asked for, mm.
        cell_mm: side of a cell of the deviation map, mm.
        rules: text of the rules.
        rules_name: of their file.
    """

    model: str
    name: str = "profile"
    false_alarms: float = 0.01
    reference: str = "auto"
    golden: str = ""
    golden_sha256: str = ""
    golden_unit: str = ""
    defects: tuple[str, ...] = ()
    part: str = ""
    unit: str = ""
    least_depth_mm: float = 0.0
    cell_mm: float | None = None
    rules: str = ""
    rules_name: str = ""


def scan_profile_of(significances: Sequence[float], stated: ScansCounted) -> ScanProfile:
    """The profile of a product from its sound parts, one scan of each.

    With enough parts the threshold is theirs, also where it lies below that of the simulation: a
    smooth product may be watched more closely. With fewer, it stays at least that of the
    simulation, and the rate that can be promised is told.

    Args:
        significances: (part,) how far the worst place that counts stands out on each scan,
            standard deviations; 0 where none does.
        stated: what the profile says beside.

    Raises:
        UsageError: no parts, or a rate outside 0 to 1.

    Source:
        Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World (2005), split conformal
        prediction; the n + 1 correction.

    Example:
        >>> made = scan_profile_of([7.0] * 98 + [12.0], ScansCounted("m@0", false_alarms=0.02))
        >>> made.significance_threshold, made.false_alarm_rate, made.parts
        (7.0, 0.02, 99)
    """
    if not len(significances):
        raise UsageError("No scans of sound parts; give one at least, better 100 and more.")
    chosen = conformal_threshold(np.array(significances), false_alarms=stated.false_alarms)
    few = chosen.false_alarm_rate > stated.false_alarms
    # A higher threshold keeps what the lower one promises.
    threshold = max(chosen.threshold, SIGNIFICANCE_THRESHOLD if few else CALIBRATED_FROM)
    return ScanProfile(
        threshold=alarm_threshold(),
        false_alarm_rate=chosen.false_alarm_rate,
        wanted_rate=stated.false_alarms,
        parts=len(significances),
        scores=tuple(probability_of(x, threshold) for x in significances),
        significances=tuple(float(x) for x in significances),
        significance_threshold=threshold,
        **{x: y for x, y in vars(stated).items() if x != "false_alarms"},
    )


def scan_doubts(
    profile: ScanProfile,
    *,
    defects: tuple[str, ...] = (),
    reference: str = "auto",
    golden_sha256: str = "",
    least_depth_mm: float = 0.0,
    cell_mm: float | None = None,
) -> tuple[Notice, ...]:
    """What speaks against the false-alarm rate that a profile promises.

    Args:
        profile: that is going to be used.
        defects: sentences that are asked for.
        reference: form of the reference surface.
        golden_sha256: of the golden scan; "" for none.
        least_depth_mm: below which nothing is asked for, mm.
        cell_mm: side of a cell of the deviation map, mm.

    Example:
        >>> made = scan_profile_of([7.0, 0.0], ScansCounted("m@0", name="lid"))
        >>> print(*scan_doubts(made))
        The profile 'lid' rests on 2 sound parts, too few for 0.01 false alarms: 0.333 is promised.
    """
    told = []
    if profile.false_alarm_rate > profile.wanted_rate:
        told.append(
            Notice(
                en=f"The profile '{profile.name}' rests on {profile.parts} sound "
                f"part{'' if profile.parts == 1 else 's'}, too few for {profile.wanted_rate:g} "
                f"false alarms: {profile.false_alarm_rate:.3g} is promised.",
                zh=f"标定档案“{profile.name}”只用了 {profile.parts} 个完好件，不足以达到 "
                f"{profile.wanted_rate:g} 的误报率；能保证的误报率为 "
                f"{profile.false_alarm_rate:.3g}。",
            )
        )
    like = LIKE_A_DEFECT * SIGNIFICANCE_THRESHOLD
    if odd := sum(x > like for x in profile.significances):
        told.append(
            Notice(
                en=f"{odd} of the {profile.parts} sound parts of '{profile.name}' "
                f"deviate{'s' if odd == 1 else ''} like a defect; if there is one, "
                "such defects are kept quiet about. If it is their shape, measure against a golden "
                "scan (--golden).",
                zh=f"“{profile.name}”的 {profile.parts} 个完好件中有 {odd} 个存在疑似缺陷的偏差；"
                "若属实，对此类缺陷不会报警。若为零件形状所致，请以标准件为基准（--golden）。",
            )
        )
    made_for = replace(
        profile,
        defects=defects,
        reference=reference,
        golden_sha256=golden_sha256,
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
    )
    if made_for != profile:
        told.append(
            Notice(
                en=f"The profile '{profile.name}' was made for other sentences, another reference, "
                "least depth or cell; its false-alarm rate need not hold. Calibrate with what "
                "you ask for.",
                zh=f"标定档案“{profile.name}”是按另外的缺陷描述、基准、最小深度或网格边长建立的；"
                "其误报率不一定成立。请按当前的设置重新标定。",
            )
        )
    return tuple(told)
