"""A notice says one thing in both languages; plain text, which is one language, is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.languages import LANGUAGES, checked_language
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Signal

CLIPPED = Notice("The signal is clipped.", "信号有削波。")


def test_a_notice_is_said_in_the_language_asked_for_and_prints_in_english() -> None:
    assert [CLIPPED.of(lang) for lang in LANGUAGES] == ["The signal is clipped.", "信号有削波。"]
    assert str(CLIPPED) == f"{CLIPPED}" == "The signal is clipped."


def test_an_unknown_language_lists_the_known_ones() -> None:
    for ask in (CLIPPED.of, checked_language):
        with pytest.raises(UnknownNameError, match=r"language 'de'.*Known: en, zh.*Give en or zh"):
            ask("de")


def test_equal_notices_count_once() -> None:
    twice = (CLIPPED, Notice("The signal is clipped.", "信号有削波。"), Notice("Other.", "其他。"))
    assert len(dict.fromkeys(twice)) == 2


@pytest.mark.parametrize("warnings", [("clipped",), (CLIPPED, "clipped"), ["clipped"], "clipped"])
def test_plain_text_is_refused_whatever_holds_it(warnings: object) -> None:
    with pytest.raises(UsageError, match=r"'clipped' is plain text; .*both languages: .*Notice\("):
        refuse_plain_text(warnings)  # type: ignore[arg-type]


def signal(warnings: object) -> object:
    return Signal(np.zeros(4), sample_rate_hz=4, warnings=warnings)  # type: ignore[arg-type]


def recording(warnings: object) -> object:
    return Recording(
        Path("a"), "csv", 4.0, 4, None, (), lambda a, b: np.zeros(b - a), warnings=warnings
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [signal, recording])
def test_records_take_notices_and_refuse_plain_text_when_they_are_made(
    made: Callable[[object], Signal],
) -> None:
    assert made((CLIPPED,)).warnings == (CLIPPED,)
    assert made(()).warnings == ()
    with pytest.raises(UsageError, match="'clipped' is plain text"):
        made(("clipped",))
