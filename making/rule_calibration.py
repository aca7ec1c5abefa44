"""Makes the numbers of the training-free judge from simulated recordings alone (`make builtin`).

A few hundred machines of every kind are drawn, the rule reads them, and a multinomial logistic
regression with shared slopes turns strengths into probabilities. The alarm threshold is then the
quantile of machines drawn apart, all healthy, hard negatives included.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.core.recipe import recipe_table
from faultlens.evaluation.trials.machines import CAGE_SNR_DB, FAINT_CAGE, FAINT_CAGE_SNR_DB
from faultlens.metrics.conformal import conformal_threshold
from faultlens.models.shipped import RuleCalibration
from faultlens.models.training_free import (
    CLASSES,
    HEALTHY,
    PAIRS,
    SINGLES,
    UNKNOWN,
    Families,
    Strengths,
    fault_probability,
    logits,
    probabilities,
    strengths,
)
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.lines import (
    FLOOR_NATS,
    WINDOW_S,
    highest_order,
    read_evidence,
    window_seconds,
)
from faultlens.signals.modulation import contrast_spectrum
from faultlens.signals.simulator.draw import draw_recording

SHARES: dict[Families, int] = {
    HEALTHY: 8,
    **dict.fromkeys(SINGLES, 3),
    **dict.fromkeys(PAIRS, 1),
    UNKNOWN: 3,
}
"""How often each class is drawn. Unknown is a fault of another bearing than the one stated."""

KNOWN_BEARINGS = (
    BearingGeometry(9, 7.94, 39.04),
    BearingGeometry(8, 6.746, 28.5),
    BearingGeometry(8, 5.969, 31.623),
    BearingGeometry(16, 8.407, 71.501, 15.17),
)
"""Real geometries: 6205, 6203, the MFPT rig's NICE bearing, Rexnord ZA-2115."""

FAULT_SNR_DB = (-14.0, 25.0)
"""Power of a fault over its background, dB: real faults are stronger than one thinks."""

CAGE_LOOK_ALIKES = 0.003
"""Share of healthy machines that may look more like a cage fault than like anything else."""

DEFAULT_ASKED = frozenset({*SINGLES, *PAIRS})


@dataclass(frozen=True)
class CalibrationRecipe:
    """What `recipes/physics.toml` says.

    Args:
        recordings: simulated recordings for the slopes.
        healthy_recordings: simulated healthy recordings for the threshold.
        first_seed: seed of the first one; the others follow.
        false_alarm_rate: rate that the threshold is set for.
        speed_tolerance: of the speed search.
        speed_error: how far the true speed lies from the stated one at most.
    """

    recordings: int
    healthy_recordings: int
    first_seed: int
    false_alarm_rate: float
    speed_tolerance: float
    speed_error: float


def read_recipe(path: str | Path) -> CalibrationRecipe:
    """Read a recipe; unknown keys are errors.

    Raises:
        UnknownNameError: a key that no recipe has.
        UsageError: a key is missing.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "small.toml"
        >>> _ = path.write_text("recordings = 100")
        >>> read_recipe(path)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks healthy_recordings, first_seed, ...
    """
    return CalibrationRecipe(**recipe_table(path, CalibrationRecipe))


def calibrate_rule(
    recipe: CalibrationRecipe, *, cache: Path, workers: int = 2, quiet: bool = False
) -> RuleCalibration:
    """Draw machines, read them, fit slopes and threshold.

    Args:
        recipe: how many, and with which seeds.
        cache: file that keeps what was read, a line per seed; an interrupted run goes on there.
        workers: processes.
        quiet: no progress bar.

    Example:
        >>> import tempfile
        >>> recipe = CalibrationRecipe(26, 4, first_seed=0, false_alarm_rate=0.2,
        ...                            speed_tolerance=0.02, speed_error=0.01)
        >>> cache = Path(tempfile.mkdtemp()) / "read.jsonl"
        >>> numbers = calibrate_rule(recipe, cache=cache, quiet=True)
        >>> numbers.healthy_recordings, numbers.false_alarm_rate
        (4, 0.2)
    """
    wheel = [families for families, share in SHARES.items() for _ in range(share)]
    jobs = [
        (recipe.first_seed + i, wheel[i % len(wheel)], recipe) for i in range(recipe.recordings)
    ]
    start = recipe.first_seed + recipe.recordings
    jobs += [(start + i, HEALTHY, recipe) for i in range(recipe.healthy_recordings)]
    rows = list(_read_all(jobs, cache, workers, quiet))
    drawn = [(c, s) for c, s in rows[: recipe.recordings] if s is not None]
    healthy = [s for _, s in rows[recipe.recordings :] if s is not None]
    fitted = _fit([(c, s) for c, s in drawn if _teaches(c, s)])
    fitted = _cage_held_back(fitted, healthy)
    scores = [fault_probability(probabilities(s, fitted, asked=DEFAULT_ASKED)) for s in healthy]
    chosen = conformal_threshold(np.array(scores), false_alarms=recipe.false_alarm_rate)
    return replace(
        fitted,
        # Up, never down: a rounded threshold must not alarm more often.
        alarm_threshold=float(np.ceil(chosen.threshold * 1e4) / 1e4),
        false_alarm_rate=chosen.false_alarm_rate,
        healthy_recordings=len(healthy),
        first_seed=recipe.first_seed,
    )


def write_calibration(path: str | Path, numbers: RuleCalibration) -> None:
    """Write the numbers as TOML, whole or not at all.

    Args:
        path: the file.
        numbers: what to write.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "calibration.toml"
        >>> write_calibration(path, RuleCalibration(10, 10, -5, -4, -4, 0, -5, 10, 1, 5, -4))
        >>> path.read_text().splitlines()[2]
        'slope = 10'
    """
    lines = ["# Made by `make builtin` from recipes/physics.toml: simulated recordings alone.", ""]
    lines += [f"{key} = {round(value, 4)}" for key, value in asdict(numbers).items()]
    write_text(path, "\n".join(lines) + "\n")


Job = tuple[int, Families, CalibrationRecipe]


def _read_all(
    jobs: Sequence[Job], cache: Path, workers: int, quiet: bool
) -> Iterator[tuple[Families, Strengths | None]]:
    done: dict[int, Strengths | None] = {}
    if cache.exists():
        wanted = {job[0]: _drawn_by(job) for job in jobs}
        for row in _kept(cache):
            # A line of another recipe has the seed of a job, but not what was drawn with it.
            if row.get("drawn") == wanted.get(row["seed"], ""):
                done[row["seed"]] = None if row["found"] is None else Strengths(**row["found"])
    missing = [job for job in jobs if job[0] not in done]
    cache.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool, cache.open("a", encoding="utf-8") as stream:
        results = pool.map(_read_one, missing, chunksize=8)
        shown = progress(results, label="Simulating", total=len(missing), quiet=quiet)
        for job, found in zip(missing, shown, strict=True):
            row = {"seed": job[0], "drawn": _drawn_by(job)}
            row["found"] = None if found is None else asdict(found)
            stream.write(json.dumps(row) + "\n")
            done[job[0]] = found
    for seed, families, _ in jobs:
        yield families, done[seed]


def _drawn_by(job: Job) -> str:
    """What, besides the seed, decides a line of the cache."""
    _, families, recipe = job
    return f"{'+'.join(families)} {recipe.speed_tolerance} {recipe.speed_error}"


def _kept(cache: Path) -> list[dict[str, Any]]:
    """Whole lines of the cache; a line that an interruption cut is dropped from the file too."""
    text = cache.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        write_text(cache, whole)
    return [json.loads(line) for line in whole.splitlines()]


def _read_one(job: Job) -> Strengths | None:
    seed, families, recipe = job
    rng = np.random.default_rng(seed)
    actual, snr_db = families, FAULT_SNR_DB
    if families == UNKNOWN:
        actual = SINGLES[int(rng.integers(3))]
    elif families == ("cage",):
        snr_db = CAGE_SNR_DB
    elif families == HEALTHY and rng.random() < FAINT_CAGE:
        actual, snr_db = ("cage",), FAINT_CAGE_SNR_DB
    draw = partial(
        draw_recording,
        seed,
        fault_families=actual,
        snr_db=snr_db,
        known_bearings=KNOWN_BEARINGS,
        speed_tolerance=recipe.speed_error,
    )
    signal = draw(seconds=WINDOW_S).signal
    assert signal.shaft_rpm is not None
    if window_seconds(signal.shaft_rpm / 60) > WINDOW_S:
        # The same machine, since the seed draws it before its length matters.
        signal = draw(seconds=window_seconds(signal.shaft_rpm / 60)).signal
    bearing = signal.bearing
    assert signal.shaft_rpm is not None and not isinstance(bearing, str | None)
    orders = bearing.fault_orders() if isinstance(bearing, BearingGeometry) else bearing
    told = orders
    if families == UNKNOWN:
        told = KNOWN_BEARINGS[int(rng.integers(len(KNOWN_BEARINGS)))].fault_orders()
        if _shares_a_line(orders, told):
            return None
    shaft_hz = signal.shaft_rpm / 60
    spectrum = contrast_spectrum(
        signal.samples,
        signal.sample_rate_hz,
        shaft_hz=shaft_hz,
        highest_order=highest_order(told, recipe.speed_tolerance),
    )
    evidence, _ = read_evidence(
        [spectrum], [told], stated_shaft_hz=shaft_hz, tolerance=recipe.speed_tolerance
    )
    return strengths(evidence)


def _shares_a_line(one: FaultOrders, other: FaultOrders) -> bool:
    # Closer than 3 % the stated bearing would rightly claim the other one's fault.
    firsts = np.array([one.bpfo, one.bpfi, one.ball])
    seconds = np.array([other.bpfo, other.bpfi, other.ball])
    return bool((np.abs(firsts[:, None] / seconds - 1) < 0.03).any())


def _teaches(families: Families, found: Strengths) -> bool:
    """Whether a simulated recording can teach anything about its class."""
    # What the shaft explains as well is shared with unknown afterwards, by rule.
    loudest = max(found.families, key=lambda name: found.families[name])
    # A compound of which one fault cannot be seen looks like the other fault alone, and is it.
    hidden = families in PAIRS and min(found.families[x] for x in families) < FLOOR_NATS
    return loudest not in found.ambiguous and not hidden


def _cage_held_back(numbers: RuleCalibration, healthy: Sequence[Strengths]) -> RuleCalibration:
    """Lower the cage's offset until few healthy machines look like a cage fault.

    Cage modulation is a matter of degree, not a fault or none: the likelihood alone would let it
    spend all the false alarms that are allowed.
    """
    odds = logits(_stacked(healthy), numbers)
    cage = CLASSES.index(("cage",))
    lead = odds[cage] - logsumexp(np.delete(odds, cage, axis=0), axis=0)
    excess = max(0.0, float(np.quantile(lead, 1 - CAGE_LOOK_ALIKES)))
    return replace(numbers, cage_offset=numbers.cage_offset - excess)


def _stacked(rows: Sequence[Strengths]) -> Strengths:
    """Many recordings as one record of arrays."""
    return Strengths(
        families={n: np.array([s.families[n] for s in rows]) for (n,) in SINGLES},
        spread=np.array([s.spread for s in rows]),
        stray=np.array([s.stray for s in rows]),
        ambiguous=(),
    )


def _fit(rows: Sequence[tuple[Families, Strengths]]) -> RuleCalibration:
    """Maximum likelihood of the eleven numbers."""
    truth = np.array([CLASSES.index(families) for families, _ in rows])
    stacked = _stacked([found for _, found in rows])

    def misfit(x: np.ndarray) -> float:
        odds = log_softmax(logits(stacked, RuleCalibration(*x)), axis=0)
        # A whisper of a prior keeps the slopes finite where classes separate wholly.
        return float(-odds[truth, np.arange(len(truth))].mean() + 1e-4 * np.sum(x**2))

    start = np.array([5.0, 5.0, -5.0, -3.0, -3.0, 0.0, -3.0, 5.0, 1.0, 3.0, -3.0])
    best = minimize(misfit, start, method="L-BFGS-B")
    names = [field.name for field in fields(RuleCalibration)][: len(start)]
    numbers: dict[str, Any] = dict(zip(names, map(float, best.x), strict=True))
    return RuleCalibration(**numbers)
