"""Whether a model in fewer bits still does its work: held-out inputs whose truth is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import BundleError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from faultlens.runtimes.loaded import Model

LARGEST_DROP = 0.01
"""Of a share from 0 to 1 that is let pass: one point."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What shows an encoder's ranges, and what its figures are measured on.

    Args:
        what: the held-out inputs, in words, for the card.
        figures: of a model on them: name -> 0 to 1, more is better.
        calibration: stem of an encoder -> inputs of some passes, by name (batch, feature) or with
            more axes, none of them held out; encoders that are not named are not computed in whole
            numbers.
        calibrated_on: those inputs in words, for the card.
        golden: stem of an encoder -> inputs (batch, feature), or with more axes, of one pass for
            its golden outputs: made ones, for a user's own stay the user's, and within the
            ranges, beyond which devices differ; the source's where none are named.
    """

    what: str
    figures: "Callable[[Model], Mapping[str, float]]"
    calibration: "Mapping[str, Sequence[Mapping[str, NDArray[Any]]]]" = field(default_factory=dict)
    calibrated_on: str = ""
    golden: "Mapping[str, Mapping[str, NDArray[Any]]]" = field(default_factory=dict)


@dataclass(frozen=True)
class Drop:
    """One figure before and after.

    Args:
        name: of the figure.
        single: of the model in single precision, 0 to 1.
        reduced: of the one in fewer bits, 0 to 1.
    """

    name: str
    single: float
    reduced: float

    @property
    def drop(self) -> float:
        """What was lost; negative where the reduced one is better."""
        return self.single - self.reduced

    def __str__(self) -> str:
        change = round(-100 * self.drop, 2) + 0.0  # no minus before a zero
        return f"{self.name} {self.single:.4f} to {self.reduced:.4f} ({change:+.2f} points)"


def drops(trial: Trial, single: "Model", reduced: "Model") -> tuple[Drop, ...]:
    """Every figure of a trial, of both models on the same inputs.

    Args:
        trial: held-out inputs.
        single: in single precision.
        reduced: in fewer bits.

    Example:
        >>> trial = Trial("ten pictures", lambda model: {"accuracy": 0.9})
        >>> [str(x) for x in drops(trial, None, None)]
        ['accuracy 0.9000 to 0.9000 (+0.00 points)']
    """
    before, after = trial.figures(single), trial.figures(reduced)
    return tuple(Drop(name, value, after[name]) for name, value in before.items())


def refuse_drop(found: Sequence[Drop], *, largest: float, precision: str, what: str) -> None:
    """Refuse a model that lost more than is let pass.

    Args:
        found: by `drops`.
        largest: that is let pass, of a share from 0 to 1.
        precision: of the reduced one, for the message.
        what: the held-out inputs, in words.

    Raises:
        BundleError: one figure fell by more.

    Example:
        >>> lost = [Drop("accuracy", 0.9, 0.8)]
        >>> refuse_drop(lost, largest=0.01, precision="int8", what="ten pictures")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: In int8 it loses too much on ten pictures: accuracy ...
    """
    # Written so that a figure that is no number is refused too.
    worse = [x for x in found if not x.drop <= largest]
    if worse:
        raise BundleError(
            f"In {precision} it loses too much on {what}: {'; '.join(map(str, worse))}; "
            f"{100 * largest:g} points are let pass. Export it as "
            f"{'fp16' if precision == 'int8' else 'fp32'}, calibrate with inputs like those that "
            "it will see (--calibration), or let more pass (--largest-drop)."
        )


def checked_drop(points: float) -> float:
    """The largest drop that a user lets pass, as a share.

    Args:
        points: hundredths, as a user gave them.

    Raises:
        UsageError: outside 0 to 100.

    Example:
        >>> checked_drop(1.0)
        0.01
    """
    if not 0 <= points <= 100:
        raise UsageError(f"--largest-drop is {points:g}; it must lie in 0 to 100 points.")
    return points / 100
