"""A tuned bundle: the files of its base, and beside them what labelled windows taught."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError
from faultlens.inputs.line_windows import LineWindows, WindowGrid
from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.inputs.vibration import LINES, ORDERS
from faultlens.models.line_gate import FLOORS
from faultlens.models.training_free import HEALTHY, PAIRS, SINGLES, Families
from faultlens.models.tuning import LinearScores, Readings, Tuning
from faultlens.runtimes.fields import damaged
from faultlens.runtimes.vibration import points_of
from faultlens.signals.catalogue import ResolvedBearing

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

TUNED = "tuned"
"""Part of the preparation and of the calibration of such a bundle."""

WEIGHTS = "tuned.npz"
"""File of the bundle: centre and weights of the scores from bands and from lines."""

LARGEST_WEIGHTS_BYTES = 10_000_000
"""Unpacked; a few hundred numbers per class are enough."""

TELLABLE: tuple[Families, ...] = (HEALTHY, *SINGLES, *PAIRS)
"""What a model can be tuned to tell apart."""

SAME_ORDERS = 0.01
"""Relative difference of orders up to which two bearings count as one: makers round."""

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class TunedBearing:
    """A bearing that labelled windows came from.

    Args:
        label: how results call it.
        bpfo: its outer-race order, shaft orders.
        bpfi: its inner-race order, shaft orders.
    """

    label: str
    bpfo: float
    bpfi: float

    @classmethod
    def of(cls, bearing: ResolvedBearing) -> "TunedBearing":
        """The same of what was resolved.

        Args:
            bearing: as it was resolved.

        Example:
            >>> from faultlens.signals.catalogue import resolve_bearing
            >>> TunedBearing.of(resolve_bearing("6205")).label
            '6205'
        """
        return cls(bearing.label, bearing.orders.bpfo, bearing.orders.bpfi)

    def is_like(self, other: "TunedBearing") -> bool:
        """Whether another may be the same, under whatever name.

        Args:
            other: of the recording.
        """
        return (
            abs(other.bpfo / self.bpfo - 1) < SAME_ORDERS
            and abs(other.bpfi / self.bpfi - 1) < SAME_ORDERS
        )


@dataclass(frozen=True, eq=False)
class TunedFacts:
    """What a tuned bundle says beside its base.

    Args:
        base: name and hash of the model that was tuned.
        grid: rate and length of the windows that it was tuned on.
        classes: what it was tuned to tell apart.
        bearings: those that the windows came from.
        sharpness: scores to log-odds.
        tuning: the scores.
    """

    base: str
    grid: WindowGrid
    classes: tuple[Families, ...]
    bearings: tuple[TunedBearing, ...]
    sharpness: float
    tuning: Tuning

    def preparation(self) -> dict[str, Any]:
        """Its part of the preparation in the manifest."""
        return {
            "base": self.base,
            "sample_rate_hz": self.grid.sample_rate_hz,
            "window_s": self.grid.window_s,
            "classes": [class_name(x) for x in self.classes],
            "bearings": [asdict(x) for x in self.bearings],
        }

    def weights(self) -> bytes:
        """Its file; the same numbers give the same bytes."""
        packed = io.BytesIO()
        np.savez(packed, **_named(self.tuning))  # type: ignore[arg-type]
        return packed.getvalue()


def class_name(families: Families) -> str:
    """The name of a class in a bundle's list.

    Example:
        >>> class_name(("outer", "inner")), class_name(HEALTHY)
        ('outer+inner', 'healthy')
    """
    return "+".join(families) or "healthy"


def is_tuned(model: "Model") -> bool:
    """Whether a model was tuned to a machine.

    Args:
        model: loaded.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> is_tuned(load_model("builtin/bearing"))
        False
    """
    return TUNED in model.bundle.preparation


def tuned_facts(model: "Model") -> TunedFacts:
    """What a tuned bundle says, read and checked.

    Args:
        model: loaded.

    Raises:
        BundleError: something is missing, or is not what it must be.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> tuned_facts(load_model("builtin/bearing"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/bearing@... does not say how it was tuned: ...
    """
    known = {class_name(x): x for x in TELLABLE}
    try:
        table = model.bundle.preparation[TUNED]
        classes = tuple(known[x] for x in table["classes"])
        facts = TunedFacts(
            base=str(table["base"]),
            grid=WindowGrid(float(table["sample_rate_hz"]), float(table["window_s"])),
            classes=classes,
            bearings=tuple(
                TunedBearing(str(x["label"]), float(x["bpfo"]), float(x["bpfi"]))
                for x in table["bearings"]
            ),
            sharpness=float(model.bundle.calibration[TUNED]["sharpness"]),
            tuning=_tuning(model, len(classes)),
        )
        if len(set(classes)) < 2 or len(set(classes)) < len(classes):
            raise ValueError(f"its classes are {table['classes']}")
        numbers = [facts.grid.sample_rate_hz, facts.grid.window_s, facts.sharpness]
        numbers += [y for x in facts.bearings for y in (x.bpfo, x.bpfi)]
        if not all(np.isfinite(x) and x > 0 for x in numbers):
            raise ValueError(f"of its numbers {numbers} one is not positive")
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{model.reference} does not say how it was tuned: {error!r}. Tune it again: "
            "faultlens tune"
        ) from error
    return facts


def base_cosines(
    model: "Model",
    prototypes: NDArray[np.float32],
    classes: Sequence[int],
    windows: LineWindows,
) -> NDArray[np.float64]:
    """How like each class the base model finds each window, what the classes share taken off.

    Args:
        model: of the kind "vibration", tuned or not.
        prototypes: (class, dim) of all its classes.
        classes: numbers of those that are told apart.
        windows: read.

    Returns:
        (window, class).

    Example:
        >>> from faultlens.runtimes.judges import LearnedJudge
        >>> from faultlens.runtimes.loaded import load_model
        >>> judge = LearnedJudge(load_model("builtin/bearing"))
        >>> shapes = (1, 271), (1, 12, 586), (1, 64)
        >>> none = LineWindows(*(np.zeros(x, np.float32) for x in shapes))
        >>> base_cosines(judge.model, judge.prototypes, [1, 2, 3], none).shape
        (1, 3)
    """
    own = prototypes[list(classes)].astype(np.float64)
    own = own - own.mean(axis=0)
    own = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
    rows = [{LINES: x, ORDERS: y} for x, y in zip(windows.lines, windows.orders, strict=True)]
    parts = [
        points_of(model, LINES, rows[i : i + ROWS_AT_ONCE])
        for i in range(0, len(rows), ROWS_AT_ONCE)
    ]
    cosines: NDArray[np.float64] = np.concatenate(parts).astype(np.float64) @ own.T
    return cosines


def readings_of(windows: LineWindows, base: NDArray[np.float64]) -> Readings:
    """What tuning looks at in windows.

    Args:
        windows: read.
        base: (window, class) what `base_cosines` said.

    Example:
        >>> shapes = (1, 271), (1, 12, 586), (1, 64)
        >>> read = LineWindows(*(np.zeros(x, np.float32) for x in shapes))
        >>> readings_of(read, np.zeros((1, 3))).contrast.shape
        (1, 89)
    """
    return Readings(windows.lines[:, :CONTRASTS], windows.bands, base)


def _named(tuning: Tuning) -> dict[str, NDArray[np.float32]]:
    return {
        f"{name}/{part}": np.asarray(getattr(scores, part), dtype=np.float32)
        for name, scores in (("bands", tuning.bands), ("lines", tuning.lines))
        for part in ("centre", "weights")
    }


def _tuning(model: "Model", classes: int) -> Tuning:
    path = model.bundle.path(WEIGHTS)
    widths = {"bands": len(FLOORS) * BANDS, "lines": CONTRASTS}
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(x.file_size for x in packed.infolist()) > LARGEST_WEIGHTS_BYTES:
                raise ValueError("it unpacks to more than 10 MB")
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: np.asarray(arrays[name], dtype=np.float64) for name in arrays.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(model.reference, f"{WEIGHTS} cannot be read ({error})") from error
    scores = {}
    for name, width in widths.items():
        centre, weights = found.get(f"{name}/centre"), found.get(f"{name}/weights")
        if (
            centre is None
            or weights is None
            or centre.shape != (width,)
            or weights.shape != (width, classes)
            or not (np.isfinite(centre).all() and np.isfinite(weights).all())
        ):
            raise damaged(
                model.reference,
                f"{WEIGHTS} does not hold {width} numbers for each of its {classes} classes",
            )
        scores[name] = LinearScores(centre, weights)
    return Tuning(scores["bands"], scores["lines"])
