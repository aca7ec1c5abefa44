"""The bench tunes, inspects what it did not learn from, keeps its answers, says what is held."""

import pytest

from benches.surface import tune as bench_tune
from benches.surface.answers import STRIP, TILES, Bench
from benches.surface.questions import RIGHT
from benches.surface.tune import MASKS, NAMED, PIXEL_AUROC, page_of
from benches.surface.tuned_trials import TunedTrial, tuned_answers
from tests.benches.surface.test_builtin import bench as bench  # the coloured pictures
from tests.benches.surface.test_builtin import found


def test_what_was_learned_from_is_not_tested_on_and_answers_are_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = bench.pictures(STRIP)
    answers = tuned_answers(bench, dataset, TunedTrial("few", "strip", 2))
    assert len(answers) == bench.draws
    assert all(len(x.judged.file) == 4 for x in answers)
    # Draws differ, or their interval would say nothing.
    assert answers[0].judged.file != answers[1].judged.file
    monkeypatch.setattr(
        "benches.surface.tuned_trials.run_tuned_draw",
        lambda *x, **y: pytest.fail("asked"),
    )
    again = tuned_answers(bench, dataset, TunedTrial("few", "strip", 2))
    assert [x.judged.file for x in again] == [x.judged.file for x in answers]
    assert [x.method for x in again] == [x.method for x in answers]


def test_names_and_places_have_their_figures(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fewer(name: str, part: str, shots: int, sound: bool = False) -> TunedTrial:
        return TunedTrial(name, part, min(shots, 2), sound)

    monkeypatch.setattr(bench_tune, "TunedTrial", fewer)
    names = bench_tune.names_section(bench)
    rows = found(names)
    for subject in (bench_tune.FIVE, bench_tune.ONE, bench_tune.TEN):
        assert rows[subject, RIGHT, "mine/colours"].value == 1
    places = bench_tune.places_section(bench)
    rows = found(places)
    assert rows[MASKS, PIXEL_AUROC, "mine/colours"].value > 0.9
    assert rows[MASKS, "defects missed", "mine/colours"].n == 2 * 4
    page = page_of([names, places])
    assert f"| {NAMED}: {bench_tune.FIVE} | {RIGHT} | 0.92 | 1.000" in page
    assert TILES not in names.note
