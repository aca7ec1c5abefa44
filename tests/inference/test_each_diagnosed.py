"""Several recordings at once give what each gives alone, and share one pass of the encoders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import fft

from faultlens.core.errors import FaultlensError
from faultlens.inference.diagnose import diagnose, each_diagnosed
from faultlens.inference.findings import Diagnosis
from faultlens.inference.question import Question
from faultlens.runtimes import asking
from faultlens.runtimes.with_onnx import OnnxRuntime
from faultlens.signals.signal import Signal
from faultlens.text.matching import match_fault

Machine = Callable[..., Signal]

ROUNDING = 2e-6


def told(result: Diagnosis | FaultlensError) -> dict[str, Any]:
    assert isinstance(result, Diagnosis)
    whole = result.to_dict()
    del whole["seconds"]
    return whole


def scores(whole: dict[str, Any]) -> dict[str, float]:
    return {x["label"]: x.pop("score") for x in whole["findings"]}


def test_each_gets_what_it_gets_alone_whatever_its_neighbours_are(machine: Machine) -> None:
    faulty, well = machine("outer", seconds=2.0), machine(seconds=2.0)
    bare = Signal(well.samples, well.sample_rate_hz)
    questions: list[tuple[Signal, dict[str, Any]]] = [
        (faulty, {}),
        (bare, {}),
        (well, {"lang": "zh", "faults": ["inner race fault"]}),
        (bare, {"shaft_rpm": 1772.0}),
        (faulty, {"model": "builtin/physics"}),
        (faulty, {"shaft_rpm": 1772.0, "bearing": "6205", "machine_group": "group 1 rigid"}),
    ]
    together = each_diagnosed([(signal, Question(**asked)) for signal, asked in questions])
    for (signal, asked), result in zip(questions, together, strict=True):
        alone, found = told(diagnose(signal, **asked)), told(result)
        assert scores(found) == pytest.approx(scores(alone), abs=ROUNDING)
        # A pass of many rows may round its last digits in another way.
        for x in (alone, found):
            x.pop("alarm_score")
            x["second_opinion"] = x["second_opinion"] and x["second_opinion"]["verdict"]
        assert found == alone


def test_what_is_wrong_with_one_stands_in_its_place(machine: Machine) -> None:
    signal = machine("inner", seconds=2.0)
    silent = Signal(np.zeros(24000), 12000)
    found = each_diagnosed(
        [
            (signal, Question(bearing="no such bearing")),
            (signal, Question()),
            (silent, Question()),
            (Signal(signal.samples, 8000), Question(model="builtin/physics")),
            (signal, Question(lang="fr")),
        ]
    )
    assert [type(x).__name__ for x in found] == [
        "UnknownNameError",
        "Diagnosis",
        "UnusableSignalError",
        "MissingMetadataError",
        "UnknownNameError",
    ]
    assert told(found[1])["verdict"] == "inner race fault"
    assert each_diagnosed([]) == []


def test_eight_recordings_take_two_passes_and_two_transforms_each(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cost, counted: one pass per encoder for all, and per window the velocity and the bands."""
    cases = [(machine("inner", seconds=2.0, seed=seed), Question()) for seed in range(8)]
    each_diagnosed(cases[:1])
    passes: list[int] = []
    transforms: list[int] = []
    one_pass, rfft = OnnxRuntime.outputs, fft.rfft

    def counted_pass(self: OnnxRuntime, inputs: Any, names: Any) -> Any:
        passes.append(len(inputs["x"]))
        return one_pass(self, inputs, names)

    def counted_rfft(x: Any, *args: Any, **named: Any) -> Any:
        transforms.append(x.size)
        return rfft(x, *args, **named)

    monkeypatch.setattr(OnnxRuntime, "outputs", counted_pass)
    monkeypatch.setattr(fft, "rfft", counted_rfft)
    each_diagnosed(cases)
    assert passes == [8, 8]
    assert len(transforms) == 16


def test_a_question_is_understood_once(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = machine("outer", seconds=2.0)
    read: list[str] = []

    def counted(sentence: str) -> Any:
        read.append(sentence)
        return match_fault(sentence)

    monkeypatch.setattr(asking, "match_fault", counted)
    asked = ["raced-out outer ring", "a sentence of this test: flaked inner raceway"]
    first, again = (diagnose(signal, faults=asked) for _ in range(2))
    assert read == asked
    assert told(first) == told(again)
    # One that is too long to be remembered is read again.
    monkeypatch.setattr(asking, "LONGEST_REMEMBERED", 10)
    diagnose(signal, faults=asked)
    assert read == asked * 2
