"""`python -m benches.scan.names`: how often scanned defects get the right name, by free sentences.

Defects of `surfaces.simulator` on planes and cylinders, through the whole of `faultlens measure`;
the sentences are recipes/benchmarks/scan_paraphrases.toml, which nothing was trained or chosen on.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from benches.scan.naming import (
    NAMES,
    SIZES,
    UNKNOWN,
    NamedTrial,
    askings,
    drawn_trials,
    held_out,
    questions,
    strange_trials,
)
from faultlens.metrics.calibration import expected_calibration_error
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_model import SCAN_MODEL, load_scan_model
from faultlens.runtimes.scan_names import name_defects
from faultlens.runtimes.scan_question import scan_question

FIRST_SEED = 7_000_000
"""Far from the seeds of the recipe."""

LANGUAGES = {"en": "English", "zh": "Chinese"}

RESAMPLES = 1_000


def interval(right: Sequence[Sequence[bool]], *, seed: int = 0) -> tuple[float, float, float]:
    """A share over defects that were each asked about several times, with its 95 % interval.

    Args:
        right: per defect, per asking.
        seed: of the resamples.

    Returns:
        share, low, high; the resamples are of defects, since the askings of one belong together.

    Source: Efron and Tibshirani, 1993, chapter 13 (percentile bootstrap).

    Example:
        >>> interval([[True, True], [True, False]] * 20)[0]
        0.75
    """
    each = np.array([np.mean(x) for x in right])
    drawn = np.random.default_rng(seed).integers(len(each), size=(RESAMPLES, len(each)))
    low, high = np.quantile(each[drawn].mean(axis=1), [0.025, 0.975])
    return float(each.mean()), float(low), float(high)


def told(model: Model, trials: Sequence[NamedTrial], *, each: int) -> list[str]:
    """The figures as lines.

    Args:
        model: of the kind "scan".
        trials: one per size.
        each: askings of one defect and language.

    Example:
        >>> told(load_scan_model(), [], each=1)
        []
    """
    lines = []
    asked = questions(held_out(), model)
    for trial in trials:
        size = trial.sizes[0]
        missed = ", ".join(f"{n} {form}" for form, n in trial.missed.items() if n) or "none"
        lines.append(f"{size}: {len(trial.forms)} defects found, not found: {missed}")
        for lang, language in LANGUAGES.items():
            found = list(askings(trial, model, asked[lang], each=each, seed=1))
            right = [[name == x for name, _, x, _ in found[i : i + each]]
                     for i in range(0, len(found), each)]  # fmt: skip
            lines.append(f"  {language}: right {_share(right)}")
            for name in NAMES.values():
                own = [x for x, form in zip(right, trial.forms, strict=True) if NAMES[form] == name]
                others = [x for of, _, x, _ in found if of == name and x != name]
                most = ", ".join(
                    f"{others.count(x)} {x}" for x in dict.fromkeys(others)
                ) or "none"  # fmt: skip
                lines.append(f"    {name}: {_share(own)}; others: {most}")
            certain = np.array([p for *_, p in found])
            correct = np.array([name == x for name, _, x, _ in found])
            off = expected_calibration_error(certain, correct)
            lines.append(f"    calibration error of the winner: {off:.3f}")
            gone = list(askings(trial, model, asked[lang], each=each, seed=2, absent=True))
            unknown = [[x == UNKNOWN for _, _, x, _ in gone[i : i + each]]
                       for i in range(0, len(gone), each)]  # fmt: skip
            lines.append(f"    its own sentence not asked for: unknown {_share(unknown)}")
    return lines


def told_strange(model: Model, count: int, *, seed: int) -> list[str]:
    """How often what is no kind of defect is called unknown, the five default sentences asked.

    Args:
        model: of the kind "scan".
        count: of forms.
        seed: of everything drawn.

    Example:
        >>> told_strange(load_scan_model(), 2, seed=1)[0]
        'none of the kinds, called unknown:'
    """
    patches, families = strange_trials(count, seed=seed)
    named = name_defects(model, patches, scan_question(None, model=model))
    unknown = named.argmax(axis=1) == named.shape[1] - 1
    unseen = model.bundle.preparation["recipe"]["unseen"]
    lines = ["none of the kinds, called unknown:"]
    for said, some in (
        ("forms as trained", [x not in unseen for x in families]),
        ("forms never trained on", [x in unseen for x in families]),
    ):
        lines.append(f"  {said}: {_share([[bool(x)] for x in unknown[some]])}")
    for family in sorted(set(families)):
        own = unknown[[x == family for x in families]]
        lines.append(f"    {family}: {int(own.sum())} of {len(own)}")
    return lines


def _share(right: Sequence[Sequence[bool]]) -> str:
    if not right:
        return "-"
    share, low, high = interval(right)
    return f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benches.scan.names")
    parser.add_argument("--count", type=int, default=500, help="defects of each size")
    parser.add_argument("--each", type=int, default=4, help="askings of each defect")
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--model", default=SCAN_MODEL)
    chosen = parser.parse_args()
    model = load_scan_model(chosen.model)
    trials = [drawn_trials(chosen.count, size=x, seed=chosen.seed) for x in SIZES]
    print(model.reference)
    print("\n".join(told(model, trials, each=chosen.each)))
    print("\n".join(told_strange(model, max(chosen.count // 2, 20), seed=chosen.seed)))


if __name__ == "__main__":
    _main()
