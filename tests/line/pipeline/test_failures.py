"""Whatever a source, a detector, an onlooker or a person does, the line goes on and says it."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, get_native_id

import pytest

from faultlens.core.errors import BundleError, InputError
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame, Trouble
from faultlens.line.judged import Judged
from faultlens.line.pipeline import reader, worker
from faultlens.line.pipeline.companions import Seen
from faultlens.line.pipeline.hooks import Hooks
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.registry import SOURCES, SourceKind
from faultlens.store.records import (
    Action,
    AlarmRecord,
    AppliedRecord,
    CorrectionRecord,
    EventRecord,
    Record,
    ResultRecord,
)
from tests.line.pipeline.stand_ins import (
    BEGIN,
    ENDLESS,
    FakeStore,
    Running,
    Sound,
    config_of,
    frame,
    judged,
    until,
)


class Shaky(AbstractSource):
    """Fails after each third frame."""

    def __init__(self, config: SourceConfig) -> None:
        self._name = config.name

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        for n in range(0 if resume is None else int(resume) + 1, 10):
            yield frame(f"{n}", self._name, n, resume=f"{n}")
            if n in (3, 6):
                raise InputError("The cable is loose.")


@pytest.fixture
def shaky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LineConfig:
    monkeypatch.setattr(reader, "WAITS_S", (0.01,))
    if "shaky" not in SOURCES:
        SOURCES.add("shaky", SourceKind(type(None), Shaky))
    config = config_of(tmp_path)
    return replace(config, sources=(replace(config.sources[0], kind="shaky"),))


class Moody(Sound):
    """Cannot judge frame 3, and answers frame 5 with something that is no verdict."""

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        if any(x.id == "3" for x in frames):
            raise ZeroDivisionError("division by zero")
        made = super().judge(frames)
        return [replace(x, embedding="none") if x.frame.id == "5" else x for x in made]  # type: ignore[arg-type]


def test_a_source_that_fails_is_opened_again_where_it_was(shaky: LineConfig) -> None:
    with Running(shaky, detectors=lambda *_: Sound()) as running:
        until(lambda: len(running.ids()) == 10)
    assert running.ids() == [f"{n}" for n in range(10)]
    told = running.store.of(EventRecord)
    assert [(x.kind, x.source, x.severity) for x in told] == [("source", "belt", "error")]
    assert "The cable is loose. It is tried again in 0 s" in told[0].en


def test_a_frame_that_cannot_be_judged_has_its_error_as_its_one_result(shaky: LineConfig) -> None:
    with Running(shaky, detectors=lambda *_: Moody()) as running:
        until(lambda: len(running.ids()) == 10)
    errors = {x.frame: x.error for x in running.store.of(ResultRecord) if x.error}
    assert set(errors) == {"3", "5"}
    assert "division by zero" in errors["3"]
    assert running.store.of(AlarmRecord) == []


def test_frames_wait_while_a_model_is_damaged(
    shaky: LineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AGAIN_S", 0.05)
    whole = Event()

    class Damaged(Sound):
        def judge(self, frames: Sequence[Frame]) -> list[Judged]:
            if not whole.is_set():
                raise BundleError("encoder.onnx was changed.")
            return super().judge(frames)

    with Running(shaky, detectors=lambda *_: Damaged()) as running:
        until(lambda: "encoder.onnx was changed" in str(running.line.live().conditions))
        assert running.ids() == []
        whole.set()
        until(lambda: len(running.ids()) == 10)
        until(lambda: running.line.live().conditions == ())
    assert running.ids() == [f"{n}" for n in range(10)]


def test_onlookers_see_every_frame_and_one_that_fails_takes_nothing_with_it(
    shaky: LineConfig,
) -> None:
    seen: list[str] = []
    nice: list[int] = []

    def correction(its: Seen) -> Sequence[Record]:
        if its.record.frame == "4":
            raise ValueError("no")
        return [CorrectionRecord("belt", its.record.frame, BEGIN, "scratch", "rule")]

    def failing(its: Seen) -> Sequence[Record]:
        seen.append(its.record.frame)
        nice.append(os.getpriority(os.PRIO_PROCESS, get_native_id()))
        raise RuntimeError("broken")

    hooks = Hooks(along=[correction], looking={"broken": failing})
    with Running(shaky, detectors=lambda *_: Sound(), hooks=hooks) as running:
        until(lambda: len(running.ids()) == 10 and len(seen) == 10)
        until(lambda: len(running.store.of(EventRecord)) >= 3)
    along = [x.frame for x in running.store.of(CorrectionRecord)]
    assert along == [f"{n}" for n in range(10) if n != 4]
    words = [x.en for x in running.store.of(EventRecord)]
    assert sum("'broken' failed at a frame" in x for x in words) == 1
    if sys.platform == "linux":  # they stand back behind those who judge
        assert set(nice) == {min(os.getpriority(os.PRIO_PROCESS, get_native_id()) + 10, 19)}


class Slow(FakeStore):
    """A store that lists actions as waiting long after they were applied."""

    def waiting_actions(self) -> list[Action]:
        """All there ever were."""
        return list(self.actions)


def test_actions_are_done_once_also_when_the_store_still_lists_them(tmp_path: Path) -> None:
    store, done = Slow(), []

    def promote(action: Action) -> tuple[Sequence[Record], str]:
        done.append(action.id)
        if action.target == "nobody":
            raise InputError("There is no candidate.")
        return [CorrectionRecord("belt", action.id, BEGIN, "", "mei")], ""

    config, hooks = config_of(tmp_path, 30), Hooks(handlers={"promote": promote})
    with Running(config, store=store, hooks=hooks) as running:
        until(lambda: store.of(AlarmRecord))
        alarm = store.of(AlarmRecord)[0].alarm
        asked = (("acknowledge", alarm), ("acknowledge", "no such"), ("promote", "belt"),
                 ("promote", "nobody"), ("tune", "belt"))  # fmt: skip
        store.actions += [
            Action(name, BEGIN, kind, target, "mei", "seen")
            for name, (kind, target) in zip("abcde", asked, strict=True)
        ]
        until(lambda: len(store.of(AppliedRecord)) == 5)
        assert running.line.live().alarms == ()
    outcomes = {x.action: x.outcome for x in store.of(AppliedRecord)}
    assert (outcomes["a"], outcomes["c"]) == ("", "")
    assert "no open alarm 'no such'" in outcomes["b"]
    assert outcomes["d"] == "There is no candidate."
    assert outcomes["e"] == "This line does not do 'tune'."
    assert [x.step for x in store.of(AlarmRecord)] == [
        "raised",
        "returned",
        "acknowledged",
        "closed",
    ]
    # A line that starts again while the store still lists them does none of them again.
    again = Slow()
    again.actions, again.rows = store.actions, list(store.rows)
    with Running(config, store=again, hooks=hooks) as running:
        until(lambda: running.desk._taken == {"a", "b", "c", "d", "e"})
        running.line.recorder.settle(10)
    assert sorted(done) == ["c", "d"]
    assert again.of(AppliedRecord) == store.of(AppliedRecord)


def test_a_shadow_judges_beside_the_line_and_changes_nothing(tmp_path: Path) -> None:
    both: list[tuple[str, str]] = []
    config = config_of(tmp_path, ENDLESS, more=["pause_s = 0.002"])
    (belt,) = config.sources

    def detectors(source: SourceConfig, kind: str | None) -> AbstractDetector:
        return Candidate() if source.model == "new" else Sound()

    class Candidate(Sound):
        def judge(self, frames: Sequence[Frame]) -> list[Judged]:
            return [judged(x, 0.9) for x in frames]

    with Running(config, detectors=detectors) as running:
        running.line.shadow(
            "belt",
            replace(belt, model="new"),
            lambda live, new: both.append((live.verdict, new.verdict)),
        )
        assert running.line.live().shadow == {"belt": "new"}
        until(lambda: len(both) > 20)
        running.line.shadow("belt", None)
        assert running.line.live().shadow == {}
        seen = len(running.ids())
        until(lambda: len(running.ids()) > seen)
    assert set(both) == {("no defect", "scratch")}
    assert {x.verdict for x in running.store.of(ResultRecord)} == {"no defect"}
