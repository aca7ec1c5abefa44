"""Sentences of classes: prompts filled with their names, and what a text model makes of them."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.text.knowledge import load_faults
from faultlens.training.objectives import Sentences

GAP = "{}"
"""Where a prompt takes the name of a class."""


def class_sentences(
    classes: Sequence[str], prompts: Sequence[str], *, knowledge: bool = False
) -> tuple[tuple[str, ...], ...]:
    """What is said of each class.

    Args:
        classes: their names.
        prompts: templates with one gap, such as "A {} bearing".
        knowledge: add what the knowledge base says of a class that it knows.

    Returns:
        (class) the sentences of each, without repeats.

    Raises:
        UsageError: no prompt, or one without its gap.

    Example:
        >>> class_sentences(["healthy", "inner race fault"], ["A {} bearing", "{}"])
        (('A healthy bearing', 'healthy'), ('A inner race fault bearing', 'inner race fault'))
    """
    if not prompts or any(x.count(GAP) != 1 for x in prompts):
        raise UsageError(
            f"The prompts {list(prompts)!r}; give at least one, each with one {GAP} where the name "
            "of the class stands, such as 'A {} bearing'."
        )
    known = {x.names.en: x for x in load_faults()} if knowledge else {}
    return tuple(
        tuple(
            dict.fromkeys(
                [
                    *(prompt.replace(GAP, name) for prompt in prompts),
                    *(known[name].sayings() if name in known else ()),
                ]
            )
        )
        for name in classes
    )


def sentence_features(
    said: Sequence[Sequence[str]],
    points: Callable[[Sequence[str]], NDArray[np.float32]],
    *,
    centred: bool = False,
) -> Sentences:
    """Captions and prototypes of the classes, as a text model gives them.

    Args:
        said: (class) sentences of each.
        points: sentences -> (sentence, width), by the text model.
        centred: take the mean of all classes off each prototype: what all sentences share would
            otherwise be most of every cosine.

    Source: Radford et al., ICML 2021, section 3.1.4 (prompt ensembles).

    Example:
        >>> found = sentence_features([["a"], ["b", "c"]], lambda x: np.eye(3, dtype=np.float32))
        >>> (found.prototypes * 100).round().astype(int).tolist()
        [[100, 0, 0], [0, 71, 71]]
    """
    every = list(dict.fromkeys(sentence for each in said for sentence in each))
    at = {sentence: row for row, sentence in enumerate(every)}
    rows = points(every)
    captions = [rows[[at[sentence] for sentence in each]] for each in said]
    means = np.stack([_unit(_unit(x).mean(axis=0)) for x in captions])
    if centred:
        means = _unit(means - means.mean(axis=0))
    return Sentences(captions, means)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (rows / np.maximum(length, 1e-9)).astype(np.float32)
    return scaled
