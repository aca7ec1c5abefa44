"""From scans of sound parts, sentences and a model's name to the profile of a product."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.core.hashes import file_sha256
from faultlens.inference.measure import checked_surface, measurer
from faultlens.inference.measuring import Measurer, each_measured
from faultlens.profiles.calibrate_scan import ScansCounted, scan_profile_of
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.profiles.scan_scores import CALIBRATED_FROM
from faultlens.profiles.severity_file import read_severity_rules
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_model import SCAN_MODEL
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.surface import Surface


def calibrate_scans(
    surfaces: Iterable[Surface],
    *,
    false_alarms: float = 0.01,
    reference: str = "auto",
    golden: str | Path | None = None,
    golden_unit: str | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    rules: str | Path | None = None,
    least_depth_mm: float = 0.0,
    cell_mm: float | None = None,
    unit: str | None = None,
    model: str | Path | Model = SCAN_MODEL,
    name: str = "profile",
) -> ScanProfile:
    """Learn from scans of sound parts how far their worst places stand out; one scan of each.

    Args:
        surfaces: sound parts, gone through once, so that they may be read as they are needed.
        false_alarms: share of sound parts that may alarm.
        reference: form of the reference surface, see `measure`.
        golden: file of a golden scan or CAD mesh; the profile keeps its place and its hash.
        golden_unit: unit of that file, where it does not say it.
        defects: sentences that will be asked for, also with sizes: what is sound and too small for
            them does not raise the threshold. None for the set of scans.
        part: what is scanned, in any words.
        rules: file of the rules of severity, which the profile keeps.
        least_depth_mm: depth or height below which nothing will be asked for, mm.
        cell_mm: side of a cell of the deviation map, mm; None for that of the points.
        unit: in which the files are read; the profile keeps it.
        model: "builtin/scan", or the folder of a bundle.
        name: how the profile is called in results.

    Raises:
        UsageError: no scans, or an argument that cannot be.
        InputError: a scan that cannot be measured.
        BundleError: the model's files are damaged.

    Example:
        >>> calibrate_scans([], false_alarms=2)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: A false-alarm rate of 2; it must lie between 0 and 1, ...
    """
    ready, stated = scans_calibration(
        false_alarms=false_alarms,
        reference=reference,
        golden=golden,
        golden_unit=golden_unit,
        defects=defects,
        part=part,
        rules=rules,
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
        unit=unit,
        model=model,
        name=name,
    )
    return scan_profile_of([significance(ready, x) for x in surfaces], stated)


def scans_calibration(
    *,
    false_alarms: float = 0.01,
    reference: str = "auto",
    golden: str | Path | None = None,
    golden_unit: str | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    rules: str | Path | None = None,
    least_depth_mm: float = 0.0,
    cell_mm: float | None = None,
    unit: str | None = None,
    model: str | Path | Model = SCAN_MODEL,
    name: str = "profile",
) -> tuple[Measurer, ScansCounted]:
    """What measures sound parts, and what their profile states; all that is wrong is said now.

    Args:
        false_alarms: as in `calibrate_scans`.
        reference: as in `calibrate_scans`.
        golden: as in `calibrate_scans`.
        golden_unit: as in `calibrate_scans`.
        defects: as in `calibrate_scans`.
        part: as in `calibrate_scans`.
        rules: as in `calibrate_scans`.
        least_depth_mm: as in `calibrate_scans`.
        cell_mm: as in `calibrate_scans`.
        unit: as in `calibrate_scans`.
        model: as in `calibrate_scans`.
        name: as in `calibrate_scans`.

    Raises:
        UsageError: an argument that cannot be.
        InputError: a golden scan or rules that cannot be read.
        BundleError: the model's files are damaged.

    Example:
        >>> scans_calibration.__name__  # `calibrate_scans` shows it at work
        'scans_calibration'
    """
    if not 0 < false_alarms < 1:
        raise UsageError(
            f"A false-alarm rate of {false_alarms:g}; it must lie between 0 and 1, such as 0.01."
        )
    kept = None if rules is None else read_severity_rules(rules)
    ready = measurer(
        reference=None if golden is not None and reference == "auto" else reference,
        golden=None if golden is None else read_surface(golden, unit=golden_unit),
        defects=defects,
        part=part,
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
        model=model,
    )
    stated = ScansCounted(
        model=ready.model.reference,
        name=name,
        false_alarms=false_alarms,
        reference=ready.reference,
        golden="" if golden is None else str(Path(golden).resolve()),
        golden_sha256="" if golden is None else file_sha256(golden),
        golden_unit=golden_unit or "",
        defects=tuple(defects or ()),
        part=ready.part,
        unit=unit or "",
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
        rules="" if kept is None else kept.text,
        rules_name="" if kept is None else kept.name,
    )
    # Places that would alarm nobody by the simulation say how smooth the product is.
    return replace(ready, threshold=CALIBRATED_FROM, least_significance=CALIBRATED_FROM), stated


def significance(ready: Measurer, surface: Surface) -> float:
    """How far the worst place that counts stands out on one scan of a sound part.

    Args:
        ready: from `scans_calibration`.
        surface: the scan.

    Raises:
        UsageError: it is no scan.
        InputError: nothing can be concluded from it.

    Example:
        >>> significance(None, "lid.ply")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: calibrate takes a Surface, not a str: read a file ...
    """
    checked_surface(surface, "calibrate takes")
    (result,) = each_measured(ready, [surface])
    return result.significance
