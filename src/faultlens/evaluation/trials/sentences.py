"""The trial of a text tower: sentences of the knowledge base, each named by the others."""

from collections.abc import Iterator, Mapping

import numpy as np

from faultlens.runtimes.loaded import Model
from faultlens.runtimes.trial import Trial
from faultlens.text.defects import load_defects
from faultlens.text.knowledge import load_faults


def sentence_trial() -> Trial:
    """What a text tower is measured on; it needs no calibration, see `runtimes.reduced`.

    Example:
        >>> sentence_trial().what
        'every other sentence of the knowledge base, named by the rest'
    """
    return Trial("every other sentence of the knowledge base, named by the rest", _figures)


def _figures(model: Model) -> Mapping[str, float]:
    return {
        f"{world}: accuracy of naming": _named_rightly(model, list(groups))
        for world, groups in (("bearings", _faults()), ("surfaces", _defects()))
    }


def _named_rightly(model: Model, groups: list[list[str]]) -> float:
    """Share of the odd sentences whose own group's even ones are nearest."""
    points = [model.encode_text(x) for x in groups]
    means = np.stack([x[::2].mean(axis=0) for x in points])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    right = [(x[1::2] @ means.T).argmax(axis=1) == at for at, x in enumerate(points)]
    return float(np.concatenate(right).mean())


def _faults() -> Iterator[list[str]]:
    yield from (list(dict.fromkeys(x.sayings())) for x in load_faults())


def _defects() -> Iterator[list[str]]:
    yield from (list(dict.fromkeys(x.sayings())) for x in load_defects())
