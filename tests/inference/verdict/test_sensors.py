"""Results come as strangers' JSON: what is no result, damaged or newer is refused in words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import InputError
from faultlens.inference.verdict.sensors import readings_of

Made = Callable[..., dict[str, Any]]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
FIELDS = ("verdict", "alarm", "alarm_score", "threshold", "findings", "asset", "time", "severity",
          "hot_spots", "hot_spot_alarm", "false_alarm_rate", "schema", "model")  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 2}, "schema 2; this faultlens reads schema 1"),
        ({"findings": []}, "it is no result of a sensor"),
        ({"findings": [3]}, "it is no result of a sensor"),
        ({"findings": [{"fault": "cage"}]}, "it has no 'label'"),
        ({"findings": [{"fault": "cage", "label": 3}]}, "'label' is no text"),
        ({"findings": [{"fault": "cage", "label": "a", "score": 2}]}, "a probability lies in 0 to"),
        ({"findings": [{"fault": "a", "label": "a", "score": float("nan")}]}, "is no number"),
        ({"findings": [{"fault": "a", "label": "a", "score": 0.9}] * 2}, "sum to 1.800"),
        ({"verdict": "rust"}, "its verdict 'rust' is none of its findings"),
        ({"verdict": None}, "it has no 'verdict'"),
        ({"alarm": "yes"}, "'alarm' is neither true nor false"),
        ({"alarm_score": 0.2}, "fault, healthy and unknown sum to"),
        ({"threshold": True}, "'threshold' is no number"),
        ({"asset": "x" * 20_000}, "no text of up to 10000"),
    ],
)
def test_a_damaged_result_is_refused_with_what_is_wrong(
    vibration: Made, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        readings_of(vibration(**change), "a.json")
    assert words in str(caught.value)
    assert str(caught.value).startswith("a.json: ")


@given(st.sampled_from(FIELDS), JSON)
def test_anything_at_all_in_a_field_is_read_or_refused(field: str, value: object) -> None:
    from tests.inference.verdict.conftest import result

    told = result("fault", "healthy", {"cage fault": 0.3}) | {field: value}
    try:
        readings_of(told, "a.json")
    except InputError as error:
        assert "a.json" in str(error)


def test_what_one_needs_of_a_diagnosis_is_read(vibration: Made) -> None:
    (read,) = readings_of(
        vibration(severity={"zone": "C"}, source="DE", known=0.9, time="2026-03-01"), "x"
    )
    assert (read.kind, read.name, read.says, read.key) == (
        "vibration", "pump7.csv", "fault", "inner_race",
    )  # fmt: skip
    assert read.belief.unknown == pytest.approx(0.1)
    assert read.belief.fault == pytest.approx(read.alarm_score)
    assert (read.zone, read.source, read.profile) == ("C", "DE", "pump-7")


def test_a_picture_unlike_anything_known_counts_as_far_as_it_is_known(picture: Made) -> None:
    (read,) = readings_of(picture(scores={"crack": 0.4}, known=0.25), "x")
    assert read.belief.unknown == pytest.approx(0.75)
    assert read.belief.fault == pytest.approx(0.1)
