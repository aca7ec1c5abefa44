"""The bench of the store fills one, asks every question, and prints one JSON object."""

import json

import pytest

from benches.line import store


def test_every_question_is_asked_of_a_filled_store(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ASKED", 1)
    store.main(["--results", "1000"])
    told = json.loads(capsys.readouterr().out)
    assert (told["database"], told["results"]) == ("sqlite", 1000)
    assert set(told["answers_s"]) == set(store.QUESTIONS)
    assert told["slowest_s"] == max(told["answers_s"].values())
    assert told["results_per_s"] > 0 and told["results_per_cpu_s"] > 0
