"""Interrupts that are not lost: a library that swallows one cannot keep a batch going."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupts() -> Iterator[Callable[[], None]]:
    """Yield a check that raises KeyboardInterrupt if one came since, even if nobody saw it.

    Python drops an interrupt that falls into a callback of compiled code or into a finaliser; a
    loop that calls the check at each turn stops all the same.

    Raises:
        KeyboardInterrupt: as ever.

    Example:
        >>> with noted_interrupts() as check:
        ...     check()  # none came
    """
    came = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        came.set()
        raise KeyboardInterrupt

    def check() -> None:
        if came.is_set():
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield check  # only the main thread may set a handler, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
