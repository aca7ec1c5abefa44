"""What words and references say of one tile: probabilities of the whole and of its places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.runtimes.heat import fused
from faultlens.runtimes.image_model import WINDOWS2, WINDOWS3, EncodedImage
from faultlens.runtimes.surface_scores import Meanings, Scoring, Shares, shares_of

Floats = NDArray[np.float32]

Measure = Callable[[Floats], Floats]
"""(patch, feature) unit rows in, (patch,) distances out."""

Windows = Mapping[str, Floats]
"""Name of the output -> what the tower says of each window seen alone."""


@dataclass(frozen=True, eq=False)
class Said:
    """What words and references say of one tile; its points are let go.

    Args:
        whole: of the tile's own point.
        heat: (1, row, column) probability of an anomaly at each place.
        names: (defect, row, column) probability of each defect, given an anomaly.
        distances: (measure, row, column) from what is normal; None where nothing was compared.
    """

    whole: Shares
    heat: Floats
    names: Floats
    distances: Floats | None


def said_of(
    found: EncodedImage,
    windows: Windows | None,
    meanings: Meanings,
    scoring: Scoring,
    measures: Sequence[Measure] = (),
) -> Said:
    """What words and references say of one tile.

    Args:
        found: what the model says of it.
        windows: of its windows; None where the model has none.
        meanings: the sentences' points.
        scoring: of the model.
        measures: distances from what is normal.

    Example:
        >>> axes = np.eye(2, dtype=np.float32)
        >>> places = np.repeat(axes[1][:, None, None], 3, axis=2)
        >>> said = said_of(EncodedImage(axes[1], places), None, Meanings(axes[:1], axes[1:]),
        ...                Scoring(0.1))
        >>> said.heat.shape, bool(said.heat.min() > 0.9)
        ((1, 1, 3), True)
    """
    assert found.image is not None
    assert found.patches is not None
    whole = shares_of(found.image, meanings, scoring)
    local = shares_of(np.moveaxis(found.patches, 0, -1), meanings, scoring)
    heat = local.anomalous
    if windows is not None:
        beside = _of_windows(windows, float(whole.anomalous), meanings, scoring)
        heat = np.asarray((heat + beside) / 2, dtype=np.float32)
    distances = None
    if measures:
        assert found.features is not None
        rows = np.ascontiguousarray(found.features.reshape(len(found.features), -1).T)
        maps = [x(rows).reshape(found.features.shape[1:]) for x in measures]
        distances = np.stack(maps).astype(np.float32)
    names = np.ascontiguousarray(np.moveaxis(local.names, -1, 0), dtype=np.float32)
    return Said(whole, heat[None].astype(np.float32), names, distances)


def _of_windows(windows: Windows, whole: float, meanings: Meanings, scoring: Scoring) -> Floats:
    sizes = {2: windows[WINDOWS2], 3: windows[WINDOWS3]}
    scores = {
        size: np.asarray(shares_of(np.moveaxis(x, 0, -1), meanings, scoring).anomalous)
        for size, x in sizes.items()
    }
    return fused(whole, scores)
