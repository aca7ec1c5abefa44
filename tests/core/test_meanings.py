"""A record's fields are told in the words of its docstring, on one line, fit for a table's cell."""

from dataclasses import dataclass

from faultlens.core.meanings import meanings


@dataclass(frozen=True)
class Pump:
    """A pump.

    Args:
        name: of the pump.
        speed_rpm: of its shaft; "a|b" stands
            on two lines.

    Raises:
        UsageError: never.
    """

    name: str
    speed_rpm: float


class Bare:
    pass


def test_each_field_has_its_words_on_one_line_and_nothing_else_has_any() -> None:
    assert meanings(Pump) == {
        "name": "of the pump.",
        "speed_rpm": 'of its shaft; "a\\|b" stands on two lines.',
    }
    assert meanings(Bare) == {}
