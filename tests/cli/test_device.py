"""`--device` is taken by the verbs that run models, and said early where it cannot be had."""

import json
from typing import Any

import pytest

from faultlens.runtimes.devices import device_in_use, use_device


@pytest.fixture(autouse=True)
def processor_again() -> Any:
    yield
    use_device("cpu")


@pytest.mark.parametrize("verb", ["diagnose", "inspect", "calibrate"])
def test_a_missing_device_is_told_before_any_file_is_read(run: Any, verb: str) -> None:
    more = ["--out", "a.profile"] if verb == "calibrate" else []
    said = run(verb, "nowhere.csv", *more, "--device", "cuda")
    assert (said.code, said.out) == (4, "")
    assert "cannot run models on cuda; it can on cpu" in " ".join(said.err.split())
    said = run(verb, "nowhere.csv", *more, "--device", "gpu")
    assert said.code == 2 and "Unknown device 'gpu'" in said.err


def test_a_recording_gets_the_same_verdict_by_openvino(run: Any, record: Any) -> None:
    pytest.importorskip("openvino", reason="pip install 'faultlens[openvino]'")
    path = record("outer.csv", "outer")
    told = []
    for device in ("cpu", "openvino"):
        said = run(
            "diagnose", path, "--rpm", 1772, "--bearing", "6205", "--json", "--device", device
        )
        assert said.code == 0, said.err
        told.append(json.loads(said.out))
    assert device_in_use() == "openvino"
    assert told[0]["verdict"] == told[1]["verdict"]
    assert told[0]["findings"][0]["score"] == pytest.approx(
        told[1]["findings"][0]["score"], abs=1e-3
    )
