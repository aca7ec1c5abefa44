"""The models page: what judges each source, what stands ready, and who decided on what evidence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.guard import needs
from faultlens.line.dashboard.layout import back, shown, translator
from faultlens.line.dashboard.models_view import evidence_of
from faultlens.line.dashboard.models_words import WORDS
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import ask, person_of, room_of, said
from faultlens.store.questions.actions import Asked, actions
from faultlens.store.questions.facts import choices
from faultlens.store.questions.models import (
    LIVE_STEPS,
    candidate,
    model_history,
    rollback_target,
)
from faultlens.store.records import ModelRecord

if TYPE_CHECKING:
    from faultlens.store.store import Store

KINDS = ("promote", "reject", "rollback", "tune")
"""Actions about models."""

CONFIRMED = ("promote", "rollback")
"""Those that change what judges: they want a tick, and a reason."""

MOST_STEPS = 30
LONGEST_COMMENT = 2000

router = APIRouter()


@dataclass(frozen=True)
class SourceModels:
    """The models of one source.

    Args:
        source: its name.
        live: step that made the model live that judges now; None before its first.
        candidate: last step of the one that waits for a word; None for none.
        earlier: step of the one that can be gone back to; None for none.
        steps: of all, newest first.
        asked: what people asked for and the line has not done, or would not do.
    """

    source: str
    live: ModelRecord | None
    candidate: ModelRecord | None
    earlier: ModelRecord | None
    steps: tuple[ModelRecord, ...]
    asked: tuple[Asked, ...]


@router.get("/models")
def _models(request: Request) -> Response:
    room, person = room_of(request), person_of(request)
    t = translator(room.words, person.language)
    live = room.live()
    return shown(
        request,
        "models.html.jinja",
        sources=_sources(room.store),
        shadow=dict(live.shadow) if live is not None else {},
        view=lambda x: evidence_of(x.evidence, t, room.words),
        may_change=person.may("engineer"),
    )


@router.post("/models/{kind}", dependencies=[Depends(needs("engineer"))])
def _change(request: Request, kind: str) -> Response:
    form = said(request)
    source, reference = form.get("source", ""), form.get("reference", "")
    comment = form.get("comment", "").strip()[:LONGEST_COMMENT]
    store = room_of(request).store
    if kind not in KINDS or not source:
        return back(request, "/models", "said_model_gone")
    if kind in CONFIRMED and form.get("confirmed") != "yes":
        return back(request, "/models", "said_unconfirmed")
    if kind != "tune" and not comment:
        return back(request, "/models", "said_no_reason")
    meant = {
        "promote": candidate,
        "reject": candidate,
        "rollback": rollback_target,
    }.get(kind)
    if meant is not None:
        found = meant(store, source)
        if found is None or found.reference != reference:
            return back(request, "/models", "said_model_gone")
    facts = {"reference": reference} if reference else {}
    action = ask(request, kind, source, comment, facts)
    return back(request, "/models", asked=action.id)


def _sources(store: "Store") -> list[SourceModels]:
    history = model_history(store, limit=1000)
    names = dict.fromkeys((*choices(store).sources, *(x.source for x in history)))
    asked = [x for x in actions(store, limit=200).rows if x.action.kind in KINDS]
    made = []
    for name in sorted(names):
        steps = tuple(x for x in history if x.source == name)
        # What came of the last thing asked for; what was done stands in the history.
        own = [x for x in asked if x.action.target == name][:3]
        made.append(
            SourceModels(
                source=name,
                live=next((x for x in steps if x.step in LIVE_STEPS), None),
                candidate=candidate(store, name),
                earlier=rollback_target(store, name),
                steps=steps[:MOST_STEPS],
                asked=tuple(x for x in own if x.outcome != ""),
            )
        )
    return made


PAGE = Page("/models", "nav_models", "layers", "viewer", router, WORDS)
"""In the table of pages."""
