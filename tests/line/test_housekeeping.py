"""What is old is removed now and then; a round that fails is shown until one succeeds."""

import pytest

from faultlens.core.errors import InputError
from faultlens.line import housekeeping
from faultlens.line.housekeeping import Housekeeping
from faultlens.line.pipeline.conditions import Conditions
from tests.line.pipeline.stand_ins import until


def test_a_round_that_fails_is_shown_and_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "EVERY_S", 0.02)
    conditions = Conditions(lambda event: None)
    rounds: list[int] = []
    shown: list[str] = []

    def work() -> None:
        rounds.append(1)
        shown.append(str(conditions.listed()))
        if len(rounds) < 3:
            raise InputError("No rights.")

    keeping = Housekeeping(work, conditions, first_s=0.0)
    keeping.start()
    until(lambda: len(rounds) > 3)
    keeping.close(5)
    assert "No rights." in shown[1]
    assert conditions.listed() == ()
