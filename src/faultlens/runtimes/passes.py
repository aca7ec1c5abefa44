"""A batch through an encoder: checked first, cut into passes of bounded size, joined again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.core.stages import MODEL, stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    OnePass = Callable[[dict[str, NDArray[Any]], Sequence[str]], Sequence[NDArray[Any]]]

ROWS_AT_ONCE = 256
"""Rows of one pass through a model: more costs memory and is no faster."""


@dataclass(frozen=True)
class Signature:
    """What an encoder's file takes and gives.

    Args:
        name: of the file, for messages.
        takes: input -> its axes, lengths or names.
        gives: names of the outputs.
    """

    name: str
    takes: Mapping[str, Sequence[object]]
    gives: Sequence[str]


def in_passes(
    signature: Signature,
    inputs: "Mapping[str, NDArray[Any]]",
    names: Sequence[str],
    one_pass: "OnePass",
) -> "dict[str, NDArray[np.float32]]":
    """What an encoder says of a batch, computed in pieces of bounded size.

    Args:
        signature: of the encoder.
        inputs: name -> (batch, ...).
        names: of outputs, at least one.
        one_pass: inputs of at most `ROWS_AT_ONCE` rows, and names -> an array each.

    Returns:
        name -> (batch, dim), or with more axes behind the batch.

    Raises:
        UsageError: a name, a shape or a type that the encoder does not take or give.

    Example:
        >>> doubled = Signature("double.onnx", {"x": ("batch",)}, ["y"])
        >>> in_passes(doubled, {"x": np.ones(2)}, ["y"], lambda given, names: [2 * given["x"]])
        {'y': array([2., 2.], dtype=float32)}
    """
    rows = {len(x) if x.ndim else 0 for x in inputs.values()}
    if set(inputs) != set(signature.takes) or len(rows) != 1:
        raise _refusal(signature, inputs, "every input has the same rows")
    if unknown := [x for x in names if x not in signature.gives]:
        raise UsageError(
            f"{signature.name} gives {', '.join(signature.gives)}, and no '{unknown[0]}'."
        )

    def computed(start: int) -> "list[NDArray[np.float32]]":
        piece = {name: x[start : start + ROWS_AT_ONCE] for name, x in inputs.items()}
        try:
            with stage(MODEL):
                found = one_pass(piece, names)
        # The packages that run models have no common class of errors.
        except Exception as error:
            raise _refusal(signature, inputs, str(error)) from error
        return [np.asarray(x, dtype=np.float32) for x in found]

    pieces = [computed(start) for start in range(0, max(*rows, 1), ROWS_AT_ONCE)]
    if len(pieces) == 1:
        return dict(zip(names, pieces[0], strict=True))
    whole = [np.concatenate(x) for x in zip(*pieces, strict=True)]
    return dict(zip(names, whole, strict=True))


def _refusal(signature: Signature, inputs: "Mapping[str, NDArray[Any]]", reason: str) -> UsageError:
    given = ", ".join(f"{name} {x.dtype} {x.shape}" for name, x in inputs.items())
    taken = ", ".join(f"{name} {tuple(shape)}" for name, shape in signature.takes.items())
    return UsageError(
        f"{signature.name} takes {taken}; it was given {given or 'nothing'}: {reason}."
    )
