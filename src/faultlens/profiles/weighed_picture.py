"""What was seen of a picture, weighed: by text alone, or against the product's own normal parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.profiles.spread import heat_of
from faultlens.profiles.surface_profile import SurfaceProfile
from faultlens.runtimes.heat import hottest_names
from faultlens.runtimes.looking import Seen
from faultlens.runtimes.surface_scores import Scoring, calibrated, log_odds

ANOMALOUS_FROM = 3.0
"""Standard deviations above normal, text and references together, at which anomaly is even odds."""

NAMED_FROM, NAMED_SLOPE = 1.0, 1.5
"""Standard deviations above normal by text alone from which its names are believed."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WeighedPicture:
    """What a picture is, in probabilities.

    Args:
        anomaly: probability that it is anomalous: what a threshold is held against.
        names: (defect,) probability of each defect, given an anomaly; what is missing to 1 has no
            name.
        known: probability that it is like anything the model knows.
        heat: (grid row, grid column) how anomalous each place is, 0 to 1, even odds at 0.5; NaN
            where there is nothing.
    """

    anomaly: float
    names: Floats
    known: float
    heat: Floats


def weighed(seen: Seen, scoring: Scoring, profile: SurfaceProfile | None = None) -> WeighedPicture:
    """Weigh what was seen of one picture.

    With a profile, text and references are each held against the product's normal parts, and count
    alike. An anomaly that references see and text does not has no name. Where defects of the
    product were labelled, they correct the names.

    Args:
        seen: the picture; with a profile, with its two distances.
        scoring: of the model.
        profile: of the product; None where text alone decides.

    Example:
        >>> cold, names = np.full((2, 2), 0.01, np.float32), np.ones((1, 2, 2), np.float32)
        >>> seen = Seen(16, 16, cold, names, (), -4.0, np.ones(1, np.float32), 1.0, 4.0, 1)
        >>> round(weighed(seen, Scoring(temperature=0.1)).anomaly, 3)
        0.013
    """
    if profile is None:
        heat = seen.anomalous
        anomaly = calibrated(seen.text_log_odds, scoring)
        return WeighedPicture(anomaly, named(seen, heat, scoring.whole_share), seen.known, heat)
    heat = picture_heat(seen, profile)
    by_text = profile.text.of(seen.text_log_odds)
    share = np.float32(_sigmoid(NAMED_SLOPE * (by_text - NAMED_FROM)))
    anomaly = anomaly_of(seen.text_log_odds, seen.distance_scores, profile)
    names = named(seen, heat, scoring.whole_share) * share
    if profile.classes is not None:
        names = profile.classes.calibrated(names)
    return WeighedPicture(anomaly, names, seen.known, heat)


def anomaly_of(
    text_log_odds: float, distance_scores: Sequence[float], profile: SurfaceProfile
) -> float:
    """The anomaly probability of a picture, held against the product's normal parts.

    Even odds stand where text and references together lie `ANOMALOUS_FROM` standard deviations
    above normal: how abnormal a defect is, normal parts cannot tell.

    Args:
        text_log_odds: of an anomaly, by text.
        distance_scores: of the picture, one per measure of the bank.
        profile: of the product.

    Example:
        >>> from faultlens.profiles.references import Subspace
        >>> from faultlens.profiles.spread import PatchRange, Spread
        >>> from faultlens.profiles.surface_profile import ReferenceBank
        >>> axes = np.eye(2, dtype=np.float32)
        >>> bank = ReferenceBank(axes.astype(np.float16), Subspace(axes[0], axes[:1]),
        ...                      (Spread(0.1, 0.1),) * 2, (PatchRange(0.0, 0.1),) * 2)
        >>> profile = SurfaceProfile("tile", "m@0", 0.5, 0.5, 0.01, 1, (0.2,), Spread(-4.0, 1.0),
        ...                          PatchRange(-4.0, -2.0), bank)
        >>> [round(anomaly_of(x, (y, y), profile), 3) for x, y in ((-4.0, 0.1), (0.0, 0.6))]
        [0.047, 0.967]
    """
    by_text = profile.text.of(text_log_odds)
    scores = zip(profile.bank.distances, distance_scores, strict=True)
    by_references = float(np.mean([spread.of(x) for spread, x in scores]))
    return anomaly_at((by_text + by_references) / np.sqrt(2))


def anomaly_at(deviations: float) -> float:
    """The anomaly probability so many standard deviations above normal.

    Args:
        deviations: of text and references together.

    Example:
        >>> anomaly_at(ANOMALOUS_FROM)
        0.5
    """
    return _sigmoid(deviations - ANOMALOUS_FROM)


def picture_heat(seen: Seen, profile: SurfaceProfile) -> Floats:
    """How much each place stands out of the product's normal parts, by text and by references.

    Args:
        seen: the picture, with its two distances.
        profile: of the product.

    Returns:
        (grid row, grid column) 0 to 1.

    Example:
        >>> from faultlens.profiles.references import Subspace
        >>> from faultlens.profiles.spread import PatchRange, Spread
        >>> from faultlens.profiles.surface_profile import ReferenceBank
        >>> axes = np.eye(2, dtype=np.float32)
        >>> bank = ReferenceBank(axes.astype(np.float16), Subspace(axes[0], axes[:1]),
        ...                      (Spread(0.1, 0.1),) * 2, (PatchRange(0.0, 0.1),) * 2)
        >>> profile = SurfaceProfile("tile", "m@0", 0.5, 0.5, 0.01, 1, (0.2,), Spread(0.0, 1.0),
        ...                          PatchRange(-4.0, -2.0), bank)
        >>> grid = np.array([[0.0, 0.3]], np.float32)
        >>> seen = Seen(8, 16, grid, np.ones((1, 1, 2)), (grid, grid), 0.0, np.ones(1), 1.0, 4.0, 1)
        >>> bool(picture_heat(seen, profile)[0, 1] > 0.9)
        True
    """
    ranged = [profile.text_patches.of(np.asarray(log_odds(seen.anomalous), dtype=np.float32))]
    for patches, distance in zip(profile.bank.patches, seen.distances, strict=True):
        ranged.append(patches.of(distance))
    return heat_of(ranged)


def named(seen: Seen, heat: Floats, whole_share: float = 0.5) -> Floats:
    """Which defect it would be: what the whole picture says and its hottest places, averaged.

    Args:
        seen: the picture.
        heat: (grid row, grid column) how anomalous each place is; NaN where there is nothing.
        whole_share: weight of the whole picture, 0 to 1; the places have the rest.

    Returns:
        (defect,) probabilities, given an anomaly.

    Example:
        >>> names = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
        >>> seen = Seen(8, 16, np.zeros((1, 2)), names, (), 0.0, np.array([0.5, 0.5]), 1.0, 4.0, 1)
        >>> named(seen, np.array([[0.0, 0.9]])).tolist()
        [0.25, 0.75]
    """
    local = hottest_names(seen.names, heat)
    return np.asarray(whole_share * seen.whole_names + (1 - whole_share) * local)


def _sigmoid(x: float) -> float:
    return float(0.5 * (1 + np.tanh(0.5 * x)))
