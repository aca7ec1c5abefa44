"""A running line learns what people say: a model is tuned, tried, promoted and rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image as Pillow

from faultlens.images.simulator.render import render_surface
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.watch import Watch
from faultlens.store.questions.actions import outcome
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.models import candidate, model_history
from faultlens.store.questions.results import results, total
from faultlens.store.records import Action
from faultlens.store.store import Store, open_store
from tests.line.pipeline.stand_ins import until

LINE = """
[line]
name = "press"
store = "sqlite:///line.db"
[source.camera]
kind = "replay"
path = "parts"
rate_hz = 2
rounds = 0
[keep]
media = "all"
[monitoring]
on = false
[audit]
share = 0
[update]
after_corrections = 6
shadow_frames = 6
niceness = 0
[dashboard]
on = false
"""

DRAWN = {"crack": "crack", "scratch": "scratch"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The store of a line that runs, over ten rendered cracks and scratches again and again."""
    (tmp_path / "parts").mkdir()
    for number in range(10):
        concept = ("crack", "scratch")[number % 2]
        made = render_surface(
            seed=number, height_px=96, width_px=96, concept=concept, process="ground",
            part="sheet", colour=False, alone=True,
        )  # fmt: skip
        Pillow.fromarray(made.pixels).save(tmp_path / "parts" / f"{concept}_{number}.png")
    (tmp_path / "line.toml").write_text(LINE)
    watch = Watch(read_line_config(tmp_path / "line.toml"))
    watch.start()
    opened = open_store(f"sqlite:///{tmp_path}/line.db")
    yield opened
    opened.close()
    watch.close()


def ask(store: Store, kind: str, target: str, **facts: str) -> str:
    action = Action(uuid4().hex, datetime.now(UTC), kind, target, "eva", "as seen", facts)
    store.ask(action)
    until(lambda: outcome(store, action.id) is not None, 60)
    return outcome(store, action.id) or ""


def test_what_people_say_becomes_a_model_that_a_person_promotes(store: Store) -> None:
    until(lambda: total(store, Filters()) >= 10, 60)
    rows = {x.frame.split("_")[0] + x.frame: x for x in results(store, limit=10).rows}
    for row in rows.values():
        label = "crack" if "crack" in row.frame else "scratch"
        assert ask(store, "correct", f"camera/{row.frame}", label=label) == ""
    assert "no frame" in ask(store, "correct", "camera/nobody", label="crack")
    until(lambda: (x := candidate(store, "camera")) is not None and x.step == "shadow", 120)
    tuned = candidate(store, "camera")
    assert tuned is not None and {x["set"] for x in tuned.evidence["rates"]} == {"held", "shadow"}

    assert ask(store, "promote", "camera", reference=tuned.reference) == ""
    until(lambda: results(store, limit=1).rows[0].model == tuned.reference, 60)
    assert ask(store, "rollback", "camera") == ""
    until(lambda: results(store, limit=1).rows[0].model.startswith("builtin/surface@"), 60)
    history = model_history(store, "camera")
    steps = [x.step for x in reversed(history)]
    assert steps == ["live", "candidate", "shadow", "promoted", "rolled back"], history

    # Through three models, the frames of all whole rounds are there, each once.
    judged = [x.frame for x in results(store, limit=10_000).rows]
    rounds = total(store, Filters()) // 10
    assert len(set(judged)) == len(judged) and rounds > 1
