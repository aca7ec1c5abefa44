"""Which model is live, which one waits for a word, and to which one a rollback goes."""

from datetime import timedelta

from faultlens.store.example import BEGIN
from faultlens.store.questions.models import (
    candidate,
    live_model,
    model_history,
    rollback_target,
)
from faultlens.store.records import ModelRecord
from faultlens.store.store import Store


def lived(store: Store, *steps: tuple[str, str], source: str = "press") -> None:
    """Steps of a life: (step, model); the clock jumps back at each, for the order is the line's."""
    done = store.watermark(source)
    store.write(
        source,
        [
            (
                done + i,
                ModelRecord(
                    f"{source}-{done + i}", source, BEGIN - timedelta(hours=i), step, model,
                    f"models/{model}", "mei", {"held": {"n": 40, "right": 0.9}}, "better on oil",
                ),
            )
            for i, (step, model) in enumerate(steps, start=1)
        ],
    )  # fmt: skip


def references(store: Store) -> tuple[str | None, str | None, str | None]:
    found = (live_model(store, "press"), candidate(store, "press"), rollback_target(store, "press"))
    live, waiting, before = (None if x is None else x.reference for x in found)
    return live, waiting, before


def test_a_life_from_the_first_model_to_a_rollback(store: Store) -> None:
    assert references(store) == (None, None, None)
    lived(store, ("live", "a"))
    assert references(store) == ("a", None, None)
    lived(store, ("candidate", "b"))
    assert references(store) == ("a", "b", None)
    lived(store, ("shadow", "b"))
    assert references(store) == ("a", "b", None)
    lived(store, ("promoted", "b"))
    assert references(store) == ("b", None, "a")
    lived(store, ("candidate", "c"), ("rejected", "c"))
    assert references(store) == ("b", None, "a")
    lived(store, ("candidate", "d"), ("promoted", "d"))
    assert references(store) == ("d", None, "b")
    lived(store, ("rolled back", "b"))
    assert references(store) == ("b", None, "a")
    lived(store, ("rolled back", "a"))
    assert references(store) == ("a", None, None)
    lived(store, ("candidate", "d"))
    assert references(store) == ("a", "d", None)


def test_a_start_again_with_the_same_model_is_nothing_to_go_back_to(store: Store) -> None:
    lived(store, ("live", "a"), ("live", "a"), ("live", "a"))
    assert references(store) == ("a", None, None)
    lived(store, ("live", "b"))
    assert references(store) == ("b", None, "a")


def test_who_promoted_what_on_which_evidence_stays(store: Store) -> None:
    lived(store, ("live", "a"), ("candidate", "b"), ("promoted", "b"))
    lived(store, ("live", "z"), source="hall")
    promoted = model_history(store, "press")[0]
    assert (promoted.step, promoted.user, promoted.comment) == ("promoted", "mei", "better on oil")
    assert promoted.evidence == {"held": {"n": 40, "right": 0.9}}
    assert [x.step for x in model_history(store, "press")] == ["promoted", "candidate", "live"]
    assert len(model_history(store)) == 4
    assert len(model_history(store, limit=2)) == 2
