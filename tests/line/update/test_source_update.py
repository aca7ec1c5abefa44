"""Words become a candidate, which judges beside, and a person or the rule lets it take over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.images.image import Image
from faultlens.line.configuration.line_config import LineConfig, SourceConfig, UpdateConfig
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.update.child import ChildFailed, ChildStopped, run_child
from faultlens.line.update.evidence import rate
from faultlens.line.update.hooks import Hooks, SawBoth
from faultlens.line.update.progress import IDLE, SHADOW, TRIAL, WAITING
from faultlens.line.update.said import SaidOfFrame, leave_word
from faultlens.line.update.source_update import SourceUpdate
from faultlens.store.records import EventRecord, ModelRecord, Record

SOURCE = SourceConfig("top", "replay", None, model="builtin/surface", part="casting")
BETTER = [rate("correct", "held", [True, False], [True, True])]
WORSE = [rate("correct", "held", [True, True], [True, False])]


class Line:
    """A line that notes what the update asks of it."""

    def __init__(self) -> None:
        self.swapped: list[SourceConfig] = []
        self.shadows: list[SourceConfig | None] = []
        self.records: list[Record] = []
        self.both: SawBoth | None = None

    @property
    def hooks(self) -> Hooks:
        return Hooks(self._swap, self._shadow, self.records.extend)

    def steps(self) -> list[str]:
        return [x.step for x in self.records if isinstance(x, ModelRecord)]

    def _swap(self, source: str, config: SourceConfig, records: Sequence[Record] = ()) -> None:
        self.swapped.append(config)
        self.records.extend(records)

    def _shadow(self, source: str, config: SourceConfig | None, saw: SawBoth) -> None:
        self.shadows.append(config)
        self.both = saw


class Children:
    """Child processes that answer at once; `fails` makes the tuning fail."""

    def __init__(self, rates: list[dict[str, Any]], fails: str = "") -> None:
        self.calls: list[list[str]] = []
        self._rates, self._fails = rates, fails

    def __call__(self, arguments: Sequence[str], niceness: int, stop: Event) -> dict[str, Any]:
        self.calls.append(list(arguments))
        if "tune" in arguments:
            if self._fails:
                raise ChildFailed(self._fails)
            return {"model": "tuned@1", "method": "residual", "helps": True}
        return {"rates": self._rates, "held_files": 2, "reference": "tuned@1", "profile": None}


def line_of(tmp_path: Path, **update: Any) -> LineConfig:
    settings = UpdateConfig(**{"after_corrections": 2, "shadow_frames": 30, **update})
    return LineConfig("press", tmp_path / "line.toml", "sqlite:///x.db", tmp_path, (SOURCE,),
                      update=settings)  # fmt: skip


def made(tmp_path: Path, line: Line, children: Children, **update: Any) -> SourceUpdate:
    config = line_of(tmp_path, **update)
    return SourceUpdate(config, SOURCE, tmp_path / "top", line.hooks, Event(), run=children)


def words(tmp_path: Path, count: int) -> None:
    rng = np.random.default_rng(count)
    for number in range(count):
        file = tmp_path / f"kept_{count}_{number}.png"
        Pillow.fromarray(rng.integers(0, 255, (24, 24), dtype=np.uint8)).save(file)
        said = SaidOfFrame("top", f"{count}-{number}", "crack", "anna", "", str(file), {})
        leave_word(tmp_path / "top", f"action {count} {number}", said)


def judged(*, alarm: bool, verdict: str = "no defect") -> Judged:
    frame = Frame("1", "top", datetime.now(UTC), Image(np.zeros((4, 4), np.uint8)))
    return Judged(frame, verdict, alarm, 0.5, 0.9, "builtin/surface@0", {})


def to_shadow(update: SourceUpdate, tmp_path: Path) -> None:
    words(tmp_path, 8)
    for _ in range(4):
        update.step()
    assert update.progress.phase == SHADOW


def seen(line: Line, frames: int, *, candidate_alarms: int = 0) -> None:
    assert line.both is not None
    for number in range(frames):
        line.both(judged(alarm=False), judged(alarm=number < candidate_alarms))


def test_words_are_shared_between_learning_and_trial_and_start_a_tuning(tmp_path: Path) -> None:
    line, children = Line(), Children(BETTER)
    update = made(tmp_path, line, children)
    update.step()
    assert update.progress.phase == IDLE and children.calls == []
    to_shadow(update, tmp_path)
    tuning, trial = children.calls
    assert tuning[:3] == ["-m", "faultlens", "tune"] and "casting" in tuning
    assert trial[1] == "faultlens.line.update.trial" and "--candidate" in trial
    kept = [len(list((tmp_path / "top" / x / "records").glob("*.json"))) for x in ("train", "held")]
    assert sum(kept) == 8 and min(kept) > 0
    assert line.steps() == ["candidate"]


def test_a_person_promotes_on_evidence_and_goes_back(tmp_path: Path) -> None:
    line = Line()
    update = made(tmp_path, line, Children(BETTER))
    update.saw(judged(alarm=False))
    to_shadow(update, tmp_path)
    update.step()
    seen(line, 30)
    update.step()
    assert update.progress.phase == WAITING and line.swapped == []
    assert "not other@2" in update.promote("eva", "looks good", "other@2")
    assert update.promote("eva", "looks good", "tuned@1") == ""
    assert line.swapped[-1].model == update.progress.live.model  # type: ignore[union-attr]
    promoted = line.records[-1]
    assert isinstance(promoted, ModelRecord) and promoted.user == "eva"
    assert {x["set"] for x in promoted.evidence["rates"]} == {"held", "shadow"}
    assert update.roll_back("eva", "more false alarms on line 2") == ""
    assert line.swapped[-1] == SOURCE
    assert line.steps() == ["live", "candidate", "shadow", "promoted", "rolled back"]
    assert "no earlier model" in update.roll_back("eva", "again")


@pytest.mark.parametrize(
    ("rates", "alarms", "step"),
    [
        (BETTER, 0, "promoted"),
        (WORSE, 0, "rejected"),
        (BETTER, 15, "rejected"),
        ([], 0, "rejected"),
    ],
)
def test_the_rule_promotes_only_what_is_no_worse(
    tmp_path: Path, rates: list[dict[str, Any]], alarms: int, step: str
) -> None:
    line = Line()
    update = made(tmp_path, line, Children(rates), promote="rule")
    to_shadow(update, tmp_path)
    update.step()
    seen(line, 30, candidate_alarms=alarms)
    update.step()
    update.step()
    assert line.steps()[-1] == step and len(line.swapped) == (step == "promoted")


def test_it_goes_on_where_it_stood_after_a_crash(tmp_path: Path) -> None:
    line = Line()
    first = made(tmp_path, line, Children(BETTER))
    to_shadow(first, tmp_path)
    first.step()
    seen(line, 20)
    line = Line()
    second = made(tmp_path, line, Children(BETTER))
    assert second.progress.phase == SHADOW and second.progress.shadow[0] == 20
    second.step()
    assert line.shadows[0] is not None
    seen(line, 10)
    second.step()
    assert second.progress.phase == WAITING and line.shadows[-1] is None


def test_a_failed_tuning_is_said_and_changes_nothing(tmp_path: Path) -> None:
    line = Line()
    update = made(tmp_path, line, Children(BETTER, fails="one class alone"))
    words(tmp_path, 8)
    for _ in range(3):
        update.step()
    (event,) = [x for x in line.records if isinstance(x, EventRecord)]
    assert "one class alone" in event.en and "one class alone" in event.zh
    assert update.progress.phase == IDLE and line.swapped == []


def test_a_frame_whose_picture_is_gone_is_named_and_the_others_count(tmp_path: Path) -> None:
    line = Line()
    update = made(tmp_path, line, Children(BETTER), after_corrections=0)
    leave_word(tmp_path / "top", "gone", SaidOfFrame("top", "x", "crack", "bo", "", "", {}))
    words(tmp_path, 3)
    update.step()
    (event,) = [x for x in line.records if isinstance(x, EventRecord)]
    assert "no picture or recording is kept" in event.en
    assert 0 < update.progress.new <= 3


def test_a_tuning_begins_anew_when_the_line_was_stopped_in_it(tmp_path: Path) -> None:
    def stopped(arguments: Sequence[str], niceness: int, stop: Event) -> dict[str, Any]:
        raise ChildStopped("the line shuts down")

    config = line_of(tmp_path)
    update = SourceUpdate(config, SOURCE, tmp_path / "top", Line().hooks, Event(), run=stopped)
    update.ask("asked for by anna")
    update.step()
    update.step()
    line = Line()
    again = made(tmp_path, line, Children(BETTER))
    again.step()
    assert again.progress.phase == TRIAL and again.progress.evidence["why"] == "asked for by anna"


def test_a_child_is_niced_says_why_it_fails_and_ends_when_told() -> None:
    # It waits for its priority, which comes a moment after its start.
    program = (
        "import json, os, time\n"
        "end = time.monotonic() + 60\n"
        "while os.nice(0) == 0 and time.monotonic() < end: pass\n"
        "print(json.dumps({'nice': os.nice(0)}))"
    )
    assert run_child(["-c", program], 7, Event()) == {"nice": 7}
    with pytest.raises(ChildFailed, match="exit code 3: no such folder"):
        run_child(["-c", "import sys; print('no such folder', file=sys.stderr); sys.exit(3)"], 0,
                  Event())  # fmt: skip
    stop = Event()
    stop.set()
    with pytest.raises(ChildStopped):
        run_child(["-c", "import time; time.sleep(60)"], 0, stop)


def test_a_source_that_changed_keeps_its_progress(tmp_path: Path) -> None:
    update = made(tmp_path, Line(), Children(BETTER))
    update.ask("asked for by anna")
    changed = replace(SOURCE, sentences=("crack",))
    again = SourceUpdate(line_of(tmp_path), changed, tmp_path / "top", Line().hooks, Event())
    assert again.progress.asked == "asked for by anna"
