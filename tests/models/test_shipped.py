"""The shipped numbers load, make sense and carry a name; a model that is not here is refused."""

import pytest

from faultlens.core.errors import FaultlensError, UnknownNameError
from faultlens.models import shipped
from faultlens.models.shipped import check_model, load_calibration, reference


def test_a_model_that_is_not_here_is_refused() -> None:
    check_model("builtin/physics")
    check_model(reference())
    with pytest.raises(UnknownNameError, match=r"Unknown model 'builtin/physic'. Nearest: builtin"):
        check_model("builtin/physic")
    with pytest.raises(UnknownNameError, match="model 'builtin/physics@000000000000'"):
        check_model("builtin/physics@000000000000")


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
