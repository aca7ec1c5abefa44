"""A progress bar passes its items on unchanged, and is drawn on a terminal's error stream only."""

import io
import sys

import pytest

from faultlens.core.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_there_is_no_terminal_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(iter("abc"), label="files")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_the_label_and_standard_output_stays_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress([1, 2, 3], label="files")) == [1, 2, 3]
    assert "files" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_quiet_draws_nothing_on_a_terminal_either(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress([1, 2, 3], label="files", quiet=True)) == [1, 2, 3]
    assert terminal.getvalue() == ""


def test_items_are_taken_one_by_one() -> None:
    def endless() -> object:
        while True:
            yield 1

    assert next(progress(endless(), label="windows")) == 1
