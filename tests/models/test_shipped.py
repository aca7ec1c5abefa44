"""The numbers of the training-free rule load, make sense and carry a name."""

import pytest

from faultlens.core.errors import FaultlensError
from faultlens.models import shipped
from faultlens.models.shipped import DEFAULT, NAME, load_calibration, reference


def test_the_rule_and_the_model_that_judges_by_default_carry_names() -> None:
    assert (NAME, DEFAULT) == ("builtin/physics", "builtin/bearing")
    assert reference().startswith("builtin/physics@")
    assert len(reference().split("@")[1]) == 12


def test_the_shipped_numbers_load_and_say_where_they_come_from() -> None:
    numbers = load_calibration()
    assert numbers.slope > 0 and numbers.cage_slope > 0 and numbers.stray_slope > 0
    assert numbers.spread_slope < 0  # in noise strengths are high by chance
    assert 0.5 <= numbers.alarm_threshold < 1
    assert 0 < numbers.false_alarm_rate <= 0.05
    assert numbers.healthy_recordings >= 1 / numbers.false_alarm_rate


@pytest.mark.parametrize("text", ["slope = 1.0\n", "another = 1\n"])
def test_a_damaged_installation_is_said(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_shipped", lambda: text.encode())
    with pytest.raises(FaultlensError, match=r"are needed. Install faultlens again"):
        load_calibration.__wrapped__()
