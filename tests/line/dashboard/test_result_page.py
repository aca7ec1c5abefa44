"""One frame: what it was judged, why, what stands beside it, and what people said."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from faultlens.line.dashboard.result_view import evidence_chart, findings_of
from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal
from faultlens.store.questions.results import neighbours, result
from faultlens.store.records import Action
from faultlens.store.store import Store
from tests.filled_store import END
from tests.line.dashboard.analysed_day import LABEL, LINES, visitor

GEAR = "/result?source=gearbox&frame=gear%2F1"


def test_it_tells_verdict_evidence_and_severity(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page(GEAR)
    for words in ("inner race fault", "0.940, threshold 0.600", "BPFI 2×", "Inner race fault,",
                  "The speed was guessed.", "4.2 mm/s", "1.25"):  # fmt: skip
        assert words in page


def test_frames_around_it_are_those_before_and_after(day: Store, tmp_path: Path) -> None:
    here = result(day, "cam-left", "cam-left-001504")
    assert here is not None
    page = visitor(day, tmp_path, "viewer").page("/result?source=cam-left&frame=cam-left-001504")
    strip = page[page.index("Frames around") :]
    assert strip.count("<a class=") >= 60
    before, after = neighbours(day, "cam-left", "cam-left-001504")
    assert f"frame={before}" in page and f"frame={after}" in page
    assert strip.count('class="here"') == 1


def test_odd_words_and_odd_json_are_shown_as_far_as_they_go(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/result?source=cam-left&frame=odd%26frame")
    assert LABEL not in page and "P&lt;1&gt;" in page
    assert "No picture of this frame" in page


def test_a_frame_that_is_not_there_is_not_found(day: Store, tmp_path: Path) -> None:
    anna = visitor(day, tmp_path, "viewer")
    assert anna.client.get("/result?source=hall&frame=none").status_code == 404
    assert anna.client.get("/result?source=hall").status_code in (400, 404, 422)


def test_only_operators_are_offered_to_correct(day: Store, tmp_path: Path) -> None:
    assert 'href="/correct?' not in visitor(day, tmp_path, "viewer").page(GEAR)
    assert 'href="/correct?' in visitor(day, tmp_path, "operator").page(GEAR)


def test_a_correction_is_asked_of_the_line(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path, "operator")
    answer = anna.send("/correct", source="gearbox", frame="gear/1", label="oil", comment="looked",
                       next=GEAR)  # fmt: skip
    assert answer.headers["location"].startswith(GEAR)
    asked = [x for x in own_day.waiting_actions() if x.target == "gearbox/gear/1"]
    assert [(x.kind, x.facts, x.user, x.comment) for x in asked] == [
        ("correct", {"label": "oil"}, "operator", "looked")
    ]
    assert isinstance(asked[0], Action)


def test_a_kept_recording_is_drawn(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path, "viewer")
    record = result(own_day, "gearbox", "gear/1")
    assert record is not None
    kept = replace(record, frame="kept", media="media/kept.npz", time=END)
    own_day.write("more", [(1, kept)])
    (tmp_path / "media" / "media").mkdir()
    tone = np.sin(2 * np.pi * 1000 * np.arange(12_000) / 12_000)
    write_signal(tmp_path / "media" / "media" / "kept.npz", Signal(tone, 12_000.0))
    page = anna.page("/result?source=gearbox&frame=kept")
    assert "Waveform" in page and "Spectrum" in page
    (tmp_path / "media" / "media" / "kept.npz").write_bytes(b"not a recording")
    assert "Waveform" not in anna.page("/result?source=gearbox&frame=kept")


def test_evidence_names_the_lines_that_were_found() -> None:
    families = [{"family": "inner", "lines": LINES}, {"family": "none", "lines": LINES}, 3]
    table = {"findings": [{"label": "x", "score": 1, "evidence": {"families": families}}]}
    chart = evidence_chart(table, lambda x, **_: x)
    assert chart is not None
    assert [x[0] for x in chart.table.rows][:3] == ["BPFI 1× − fr", "BPFI 1×", "BPFI 1× + fr"]
    assert chart.svg.count("stem missing") == 2


def test_findings_of_another_make_are_left_out() -> None:
    assert (
        findings_of({"findings": [{"label": 3, "score": 1}, {"label": "a", "score": True}]}) == ()
    )
