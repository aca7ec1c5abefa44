"""Scans in, results out, one by one: what is the same for all of them is prepared once."""

import time as clock
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from faultlens.core.notice import Notice
from faultlens.inference.measured_findings import measured_findings
from faultlens.inference.measured_notices import measured_notices
from faultlens.inference.measured_view import measured_view
from faultlens.inference.measurement import Measurement
from faultlens.inputs.deviation_patch import scan_patches
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.profiles.scan_scores import probability_of
from faultlens.profiles.severity_rules import SeverityRules
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_names import name_defects
from faultlens.runtimes.scan_question import ScanQuestion
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface


@dataclass(frozen=True, eq=False)
class Measurer:
    """What is the same for all scans of a batch.

    Args:
        model: of the kind "scan".
        question: what is asked for.
        reference: form of the reference surface, of `surfaces.reference.fit.KINDS`.
        golden: scan of a sound part, or CAD mesh; None where a form is fitted.
        rules: of severity; None for none.
        least_depth_mm: depth or height below which nothing is asked for, mm.
        cell_mm: side of a cell of the deviation map, mm; None for that of the points.
        threshold: significance from which a scan alarms.
        anchor: significance at which the probability is that of the calibrated threshold.
        least_significance: from which a place is measured at all.
        false_alarm_rate: share of sound scans that exceed the threshold; None where nobody
            measured it.
        profile: of the product; None where the threshold comes from simulation.
        part: what is scanned, in words; empty where nobody said.
        asset: the machine, as its owner calls it; None where nobody said.
        notices: what holds for every scan.
        lang: "en" or "zh".
        seed: of the chance by which points are drawn.
    """

    model: Model
    question: ScanQuestion
    reference: str
    golden: Surface | None = field(repr=False)
    rules: SeverityRules | None
    least_depth_mm: float
    cell_mm: float | None
    threshold: float
    anchor: float
    least_significance: float
    false_alarm_rate: float | None
    profile: ScanProfile | None = None
    part: str = ""
    asset: str | None = None
    notices: tuple[Notice, ...] = ()
    lang: str = "en"
    seed: int = 0


def each_measured(ready: Measurer, surfaces: Iterable[Surface]) -> Iterator[Measurement]:
    """The results of scans, one by one in their order.

    Args:
        ready: what is the same for all of them.
        surfaces: any number, also from a generator.

    Raises:
        InputError: a scan of which nothing can be concluded.
        BundleError: the model is damaged.

    Example:
        >>> list(each_measured(None, []))
        []
    """
    for surface in surfaces:
        started = clock.perf_counter()
        result = measured(ready, surface)
        seconds = clock.perf_counter() - started
        view = replace(result.view, seconds=seconds)
        yield replace(result, seconds=seconds, view=view)


def measured(ready: Measurer, surface: Surface) -> Measurement:
    """The result of one scan; `each_measured` also takes the time.

    Args:
        ready: what is the same for all scans.
        surface: the scan.

    Raises:
        InputError: nothing can be concluded from it.
        BundleError: the model is damaged.

    Example:
        >>> measured.__name__  # `measure` shows it at work
        'measured'
    """
    reference = fit_reference(surface, ready.reference, golden=ready.golden, seed=ready.seed)
    deviations = deviation_map(surface, reference, spacing_mm=ready.cell_mm)
    seen = find_defects(
        deviations,
        least_significance=ready.least_significance,
        least_depth_mm=ready.least_depth_mm,
    )
    names = name_defects(ready.model, scan_patches(deviations, seen.defects), ready.question)
    found = measured_findings(
        ready.question.asked,
        ready.question.sound,
        seen.defects,
        names,
        deviations,
        threshold=ready.threshold,
        anchor=ready.anchor,
        rules=ready.rules,
    )
    threshold = probability_of(ready.threshold, ready.anchor)
    notices = [
        *surface.warnings,
        *deviations.warnings,
        *seen.notices,
        *ready.question.notices,
        *measured_notices(found, ready.question.asked, ready.rules, deviations_area(deviations)),
        *ready.notices,
    ]
    warnings = tuple(x.of(ready.lang) for x in dict.fromkeys(notices))
    points = int(surface.measured.sum())
    view = measured_view(
        found,
        deviations,
        name=surface.name or "scan",
        threshold=threshold,
        roughness_mm=seen.roughness_mm,
        points=points,
        unit=surface.unit,
        rules=ready.rules,
        false_alarm_rate=ready.false_alarm_rate,
        part=ready.part,
        model=ready.model.reference,
        profile=None if ready.profile is None else ready.profile.name,
        sound=ready.question.sound,
        warnings=warnings,
        lang=ready.lang,
    )
    return Measurement(
        verdict=found.verdict.label,
        alarm=found.alarm,
        alarm_score=found.alarm_score,
        threshold=threshold,
        false_alarm_rate=ready.false_alarm_rate,
        significance=found.significance,
        significance_threshold=ready.threshold,
        findings=found.findings,
        defects=found.defects,
        by_rules=found.by_rules,
        reference=reference.told(),
        sentence=view.sentence,
        warnings=warnings,
        model=ready.model.reference,
        seconds=0.0,
        view=view,
        unit=surface.unit,
        points=points,
        cell_mm=deviations.spacing_mm,
        roughness_mm=seen.roughness_mm,
        least_depth_mm=ready.least_depth_mm,
        lang=ready.lang,
        file=surface.name,
        asset=ready.asset,
        part=ready.part or None,
        profile=view.profile,
        history=surface.history,
    )


def deviations_area(deviations: DeviationMap) -> float:
    """Area of a scan along its sheet, as far as it was measured, mm2.

    Args:
        deviations: of the scan.

    Example:
        >>> import numpy as np
        >>> ones = np.ones((2, 3), np.int32)
        >>> deviations_area(DeviationMap(ones.astype(np.float32), ones, 0.5, (0.0, 0.0), None))
        1.5
    """
    return float(np.count_nonzero(deviations.measured)) * deviations.spacing_mm**2
