"""An interpreter that holds up no frame: what it does by itself, kept out of the line's way."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_S = 0.0005
"""After so long a thread lets another one at the interpreter, s. A look at a frame asks for it some
two hundred times: at Python's 5 ms, whoever writes results meanwhile holds it up at each."""


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
