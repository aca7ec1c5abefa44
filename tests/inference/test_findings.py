"""A result is plain values, as JSON, as a picture and as a page; nothing is lost on the way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.inference.diagnose import diagnose
from faultlens.inference.findings import Diagnosis
from faultlens.signals.signal import Signal

Machine = Callable[..., Signal]

KEYS = ("schema", "file", "asset", "part", "source", "time", "profile", "model", "verdict", "alarm",
        "threshold", "false_alarm_rate", "findings", "warnings", "seconds")  # fmt: skip
"""Keys of the contract; others may stand beside them."""


@pytest.fixture(scope="module")
def result(machine: Machine) -> Diagnosis:
    return diagnose(machine("inner"))


def test_the_json_has_every_key_of_the_contract(result: Diagnosis) -> None:
    table = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(KEYS) <= set(table)
    assert table["schema"] == 1
    for finding in table["findings"]:
        assert {"label", "score", "evidence"} <= set(finding)
    assert [x["label"] for x in table["findings"]] == [x.label for x in result.findings]


def test_the_evidence_tells_orders_harmonics_and_slip(result: Diagnosis) -> None:
    table = result.to_dict()
    (inner,) = table["findings"][0]["evidence"]["families"]
    assert inner["family"] == "inner"
    assert inner["expected_order"] == pytest.approx(5.415, abs=0.001)
    assert inner["measured_order"] == pytest.approx(5.415, rel=0.02)
    assert inner["matched_harmonics"][0] == 1
    assert abs(inner["slip_percent"]) < 2
    assert table["findings"][0]["region"] == {"start_s": 0.0, "end_s": 3.0}
    # What the other faults would have shown is told as well.
    assert [x["family"] for x in table["expected"]] == ["outer", "inner", "ball", "cage", "shaft"]
    assert table["shaft"]["measured_rpm"] == pytest.approx(1772, rel=0.005)


def test_a_result_saves_itself_by_suffix(result: Diagnosis, tmp_path: Path) -> None:
    for suffix in ("json", "png", "html"):
        result.save(tmp_path / "deep" / f"pump.{suffix}")
    assert json.loads((tmp_path / "deep/pump.json").read_text(encoding="utf-8")) == result.to_dict()
    assert (tmp_path / "deep/pump.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "deep/pump.html").read_text(encoding="utf-8")
    assert "inner race fault" in page
    assert len(list((tmp_path / "deep").iterdir())) == 3


def test_another_suffix_lists_the_allowed_ones(result: Diagnosis, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'pump\.pdf'.*\.json, \.png or \.html"):
        result.save(tmp_path / "pump.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_result_shows_itself_without_its_samples(result: Diagnosis) -> None:
    assert "array" not in repr(result)
