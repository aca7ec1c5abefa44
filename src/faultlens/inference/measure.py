"""`measure`: a scan and sentences in; every defect with its sizes, a name and a severity out."""

from collections.abc import Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.errors import InputError, UnknownNameError, UsageError
from faultlens.core.hashes import file_sha256
from faultlens.core.languages import checked_language
from faultlens.core.notice import Notice
from faultlens.inference.measurement import Measurement
from faultlens.inference.measuring import Measurer, each_measured
from faultlens.profiles.calibrate_scan import scan_doubts
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.profiles.scan_scores import (
    FALSE_ALARM_RATE,
    SIGNIFICANCE_THRESHOLD,
    significance_of,
)
from faultlens.profiles.severity_file import parsed_rules, read_severity_rules
from faultlens.profiles.severity_rules import SeverityRules
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_model import SCAN_MODEL, load_scan_model
from faultlens.runtimes.scan_question import scan_question
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.reference.fit import KINDS
from faultlens.surfaces.surface import Surface

if TYPE_CHECKING:
    from faultlens.images.image import Image
    from faultlens.surfaces.photograph import Camera

AUTO, SCAN = "auto", "scan"
"""Kinds of references: the simplest form that explains the scan; the golden scan."""

SIMULATED_THRESHOLD = Notice(
    en="The alarm threshold comes from simulated surfaces, not from this product; calibrate a "
    "profile on scans of its sound parts (faultlens calibrate) for a false-alarm rate that holds "
    "for it.",
    zh="报警阈值来自仿真表面，而非本产品；请用本产品完好件的扫描建立标定档案"
    "（faultlens calibrate），以得到对本产品成立的误报率。",
)


def measure(
    surface: Surface,
    *,
    reference: str | None = None,
    golden: Surface | str | Path | None = None,
    golden_unit: str | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    asset: str | None = None,
    rules: SeverityRules | str | Path | None = None,
    least_depth_mm: float | None = None,
    cell_mm: float | None = None,
    profile: ScanProfile | None = None,
    threshold: float | None = None,
    photograph: "Image | None" = None,
    camera: "Camera | None" = None,
    model: str | Path | Model = SCAN_MODEL,
    lang: str = "en",
    seed: int = 0,
) -> Measurement:
    """Find what deviates on one scan of a part, measure it, name it and judge how bad it is.

    Args:
        surface: the scan, in mm; see `read_surface`.
        reference: form that the part should have: "plane", "cylinder", "sphere", "free form",
            "scan" (the golden one), or "auto", the simplest that explains the scan; None for the
            profile's, or else "auto".
        golden: scan of a sound part, or CAD mesh, onto which the scan is moved; or its file.
        golden_unit: unit of the numbers in that file, where it does not say it.
        defects: sentences to look for, in English or Chinese, also with sizes ("scratch deeper
            than 0.05 mm"), which are held against the measured ones; None for the profile's, or
            else dent, scratch, corrosion pit, crack and protrusion.
        part: what was scanned, in any words; stands in the result.
        asset: the machine, as its owner calls it; stands in the result.
        rules: of severity, or their TOML file; "sample" for those that faultlens brings along.
            None for the profile's, or else none.
        least_depth_mm: depth or height below which nothing is asked for, mm.
        cell_mm: side of a cell of the deviation map, mm; None for that of the points.
        profile: calibration of the product, from `calibrate`; None uses the threshold of the
            simulation.
        threshold: alarm score above which it alarms, where the user fixed it; nobody then knows
            how often it alarms. None for that of the profile, or of the simulation.
        photograph: of the same part, draped on the scan; needs `camera`.
        camera: with which it was taken, and where it stood.
        model: "builtin/scan", or the folder of a bundle.
        lang: language of the sentence and the pictures, "en" or "zh".
        seed: of the chance by which points are drawn.

    Raises:
        UsageError: an argument that cannot be, or a profile of another model.
        InputError: nothing can be concluded from the scan.
        BundleError: the model's files are damaged.

    Example:
        >>> measure("plate.ply")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: measure takes a Surface, not a str: read a file with ...
    """
    checked_surface(surface, "measure takes")
    if (photograph is None) != (camera is None):
        raise UsageError(
            "A photograph and its camera go together: give both photograph= and camera=, or none."
        )
    ready = measurer(
        reference=reference,
        golden=golden,
        golden_unit=golden_unit,
        defects=defects,
        part=part,
        asset=asset,
        rules=rules,
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
        profile=profile,
        threshold=threshold,
        model=model,
        lang=lang,
        seed=seed,
    )
    if photograph is not None and camera is not None:
        from faultlens.surfaces.photograph import coloured

        surface = coloured(surface, photograph.rgb(), camera)
    (result,) = each_measured(ready, [surface])
    return result


def measurer(
    *,
    reference: str | None = None,
    golden: Surface | str | Path | None = None,
    golden_unit: str | None = None,
    defects: Sequence[str] | None = None,
    part: str | None = None,
    asset: str | None = None,
    rules: SeverityRules | str | Path | None = None,
    least_depth_mm: float | None = None,
    cell_mm: float | None = None,
    profile: ScanProfile | None = None,
    threshold: float | None = None,
    model: str | Path | Model = SCAN_MODEL,
    lang: str = "en",
    seed: int = 0,
) -> Measurer:
    """Prepare what is the same for all scans of a batch; see `measure` for the arguments.

    Args:
        reference: as in `measure`.
        golden: as in `measure`.
        golden_unit: as in `measure`.
        defects: as in `measure`.
        part: as in `measure`.
        asset: as in `measure`.
        rules: as in `measure`.
        least_depth_mm: as in `measure`.
        cell_mm: as in `measure`.
        profile: as in `measure`.
        threshold: as in `measure`.
        model: as in `measure`; or one that is open already, which is not checked again.
        lang: as in `measure`.
        seed: as in `measure`.

    Raises:
        UsageError: as in `measure`.
        InputError: a golden scan or rules that cannot be read.
        BundleError: the model's files are damaged.

    Example:
        >>> measurer(reference="cube")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown reference 'cube'. ...
    """
    checked_language(lang)
    _checked_numbers(least_depth_mm, cell_mm)
    if reference is not None and reference not in KINDS:
        raise UnknownNameError("reference", reference, KINDS)
    asked = tuple(defects or ())
    kept_golden = ""
    if profile is not None:
        if reference is None and golden is None:
            golden, kept_golden = golden_of(profile), profile.golden_sha256
            reference = profile.reference
        defects = profile.defects or None if defects is None else defects
        asked = tuple(defects or ())
        part = profile.part if part is None else part
        if rules is None and profile.rules:
            rules = parsed_rules(profile.rules, profile.rules_name)
        least_depth_mm = profile.least_depth_mm if least_depth_mm is None else least_depth_mm
        cell_mm = profile.cell_mm if cell_mm is None else cell_mm
    if isinstance(golden, str | Path):
        # What cannot be read is told by the reader below, in its words.
        with suppress(OSError):
            kept_golden = file_sha256(golden)
        own = profile is not None and kept_golden == profile.golden_sha256
        known_unit = profile.golden_unit if profile is not None and own else ""
        golden = read_surface(golden, unit=golden_unit or known_unit or None)
    if golden is not None:
        checked_surface(golden, "golden is")
    reference = reference or (AUTO if golden is None else SCAN)
    if isinstance(rules, str | Path):
        rules = read_severity_rules(rules)
    opened = model if isinstance(model, Model) else load_scan_model(model)
    if profile is not None and profile.model != opened.reference:
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is "
            f"{opened.reference}. Make it again with faultlens calibrate, or give the model that "
            "it was made with (model=, command line --model)."
        )
    notices: tuple[Notice, ...] = (SIMULATED_THRESHOLD,)
    anchor, rate = SIGNIFICANCE_THRESHOLD, FALSE_ALARM_RATE
    if profile is not None:
        anchor, rate = profile.significance_threshold, profile.false_alarm_rate
        notices = scan_doubts(
            profile,
            defects=asked,
            reference=reference,
            golden_sha256=kept_golden,
            least_depth_mm=least_depth_mm or 0.0,
            cell_mm=cell_mm,
        )
    if golden is not None:
        told = (Notice(en=f"Golden scan: {x.en}", zh=f"标准件：{x.zh}") for x in golden.warnings)
        notices = (*told, *notices)
    limit = anchor
    if threshold is not None:
        limit, rate = significance_of(threshold, anchor), None
        notices = tuple(x for x in notices if x is not SIMULATED_THRESHOLD)
    return Measurer(
        model=opened,
        question=scan_question(defects, model=opened, lang=lang),
        reference=reference,
        golden=golden,
        rules=rules,
        least_depth_mm=least_depth_mm or 0.0,
        cell_mm=cell_mm,
        threshold=limit,
        anchor=anchor,
        least_significance=min(SIGNIFICANCE_THRESHOLD, limit),
        false_alarm_rate=rate,
        profile=profile,
        part=(part or "").strip(),
        asset=asset,
        notices=notices,
        lang=lang,
        seed=seed,
    )


def golden_of(profile: ScanProfile) -> Surface | None:
    """The golden scan of a profile, the very file that it was made with.

    Args:
        profile: of a product.

    Raises:
        InputError: the file is not there any more, or another.

    Example:
        >>> golden_of(ScanProfile("lid", "m@0", 0.9, 0.5, 0.01, 1, (0.2,), (3.0,), 8.0)) is None
        True
    """
    if not profile.golden:
        return None
    try:
        same = file_sha256(profile.golden) == profile.golden_sha256
    except OSError as error:
        raise InputError(
            f"The golden scan {profile.golden} of the profile '{profile.name}' cannot be read "
            f"({error.strerror}); put it back, or name it with golden= (--golden)."
        ) from error
    if not same:
        raise InputError(
            f"The golden scan {profile.golden} is not the file any more that the profile "
            f"'{profile.name}' was made with. Make the profile again with faultlens calibrate."
        )
    return read_surface(profile.golden, unit=profile.golden_unit or None)


def checked_surface(surface: object, who: str) -> None:
    """Refuse what is no scan, with what to do.

    Args:
        surface: that was given.
        who: takes it, for the message.

    Raises:
        UsageError: it is something else.

    Example:
        >>> import numpy as np
        >>> checked_surface(Surface(np.zeros((3, 3))), "measure takes")
    """
    if not isinstance(surface, Surface):
        raise UsageError(
            f"{who} a Surface, not a {type(surface).__name__}: read a file with "
            "read_surface(path), or wrap points in mm as Surface(points_mm)."
        )


def _checked_numbers(least_depth_mm: float | None, cell_mm: float | None) -> None:
    if least_depth_mm is not None and not (isfinite(least_depth_mm) and least_depth_mm >= 0):
        raise UsageError(
            f"least_depth_mm is {least_depth_mm}; it must be a number of mm, 0 or more."
        )
    if cell_mm is not None and not (isfinite(cell_mm) and cell_mm > 0):
        raise UsageError(f"cell_mm is {cell_mm}; it must be a positive number of mm.")
