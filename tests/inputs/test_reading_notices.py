"""What is said of a recording's length, also at speeds that no shaft has."""

import pytest

from faultlens.core.errors import UnusableSignalError
from faultlens.inputs.reading_notices import length_warnings
from faultlens.signals.catalogue import resolve_bearing


@pytest.mark.parametrize("shaft_hz", [0.0, 5e-324, 1e-12])
def test_a_shaft_that_hardly_turns_is_too_slow_for_any_recording(shaft_hz: float) -> None:
    with pytest.raises(UnusableSignalError, match=r"0\.0 revolutions at 0 rpm"):
        length_warnings(10.0, shaft_hz, resolve_bearing("6205"))
