"""An interrupt stops a loop at its next turn, even where something swallowed it."""

import os
import signal
import threading

import pytest

from faultlens.core.interrupts import noted_interrupts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def test_a_swallowed_interrupt_is_raised_at_the_next_check() -> None:
    with noted_interrupts() as check:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.sigtimedwait([], 0.01)
        except KeyboardInterrupt:
            pass  # as compiled code does that calls back into Python
        with pytest.raises(KeyboardInterrupt):
            check()


def test_the_handler_before_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with noted_interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_sets_no_handler() -> None:
    seen = []

    def work() -> None:
        with noted_interrupts() as check:
            check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]
