"""An interpreter that holds up no frame: what it does by itself, kept out of the line's way."""

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

SWITCH_S = 0.0005
"""After so long a thread lets another one at the interpreter, s. A look at a frame asks for it some
two hundred times: at Python's 5 ms, whoever writes results meanwhile holds it up at each."""

ALGEBRA_THREADS = "OPENBLAS_NUM_THREADS"
"""Read once, when NumPy is imported."""


def one_core_for_algebra(environment: MutableMapping[str, str] | None = None) -> None:
    """Let NumPy's algebra take one core, unless it is said otherwise or NumPy is there already.

    On two cores monitoring learnt its reference in 1.1 s of one; on both it took 2.2 s of processor
    time, and frames of a fast camera waited meanwhile.

    Args:
        environment: of the process; None for this one's.

    Example:
        >>> environment = {}
        >>> one_core_for_algebra(environment)
        >>> environment
        {'OPENBLAS_NUM_THREADS': '1'}
    """
    given = os.environ if environment is None else environment
    given.setdefault(ALGEBRA_THREADS, "1")


@contextmanager
def steady_interpreter() -> Iterator[None]:
    """Collect no garbage among what was there before, and take short turns; undone at the end.

    What models and libraries brought stays as long as the line. Going through it again and again,
    for cycles that are not there, stopped every thread for 0.1 s.

    Example:
        >>> with steady_interpreter():
        ...     gc.get_freeze_count() > 1000, sys.getswitchinterval()
        (True, 0.0005)
        >>> gc.get_freeze_count()
        0
    """
    before_s = sys.getswitchinterval()
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before_s)
        gc.unfreeze()
