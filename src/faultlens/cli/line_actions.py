"""What the verbs share that ask a running line for something: by the store, as its pages do."""

import getpass
import json
import time as clock
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import
from faultlens.store.records import Action, ModelRecord

if TYPE_CHECKING:
    from faultlens.store.store import Store

LOOK_S = 0.1
"""Between two looks at whether it was done, s."""

SourceName = Annotated[
    str, typer.Argument(help="Name of the source in line.toml.", show_default=False)
]
StoreUrl = Annotated[
    str,
    typer.Option(
        "--store", help="Database of the line: sqlite:///FILE or postgresql://USER@HOST/DATABASE."
    ),
]
Comment = Annotated[str, typer.Option("--comment", help="Why, for the history.")]
Reference = Annotated[
    str,
    typer.Option(
        "--reference", help="Name and hash of the model that is meant; refused if it is another."
    ),
]
User = Annotated[
    str | None, typer.Option("--user", help="Who asks; left out, the user of this machine.")
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for the line to do it.")
]


def asked(
    kind: str,
    source: str,
    url: str,
    comment: str,
    reference: str,
    user: str | None,
    wait_s: float,
    *,
    show: bool = False,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """Ask the line for it, and say what came of it.

    Args:
        kind: "promote" or "rollback".
        source: name of the source.
        url: of the store.
        comment: why.
        reference: of the model that is meant; "" for whichever there is.
        user: who asks; None for the user of this machine.
        wait_s: for the line to do it, s.
        show: only show the model that is meant.
        as_json: one JSON object on standard output.
        quiet: say nothing that is no error.

    Raises:
        UsageError: there is no such source or model, or the line refused.

    Example:
        >>> asked.__name__
        'asked'
    """
    optional_import("sqlalchemy", extra="line")
    from faultlens.store.store import open_store

    store = open_store(url)
    try:
        meant = _meant(store, kind, source, reference)
        if show:
            _tell({"source": source, "reference": meant.reference, "evidence": meant.evidence},
                  _evidence(meant), as_json=as_json, quiet=False)  # fmt: skip
            return
        action = Action(
            id=uuid4().hex,
            time=datetime.now(UTC),
            kind=kind,
            target=source,
            user=user or getpass.getuser(),
            comment=comment,
            facts={"reference": meant.reference},
        )
        store.ask(action)
        outcome = _outcome(store, action.id, wait_s)
    finally:
        store.close()
    if outcome:
        raise UsageError(outcome)
    done = outcome is not None
    words = (
        f"{source}: {meant.reference} judges from the next frame on."
        if done
        else f"{source}: asked for {meant.reference}; the line did not answer in {wait_s:g} s and "
        "will do it when it runs."
    )
    facts = {"source": source, "reference": meant.reference, "action": action.id, "done": done}
    _tell(facts, words, as_json=as_json, quiet=quiet)


def _meant(store: "Store", kind: str, source: str, reference: str) -> ModelRecord:
    from faultlens.store.questions.models import candidate, model_history, rollback_target

    found = (candidate if kind == "promote" else rollback_target)(store, source)
    if kind == "rollback" and reference:
        # Any model that was live once, not only the last.
        found = next((x for x in model_history(store, source) if x.reference == reference), found)
    if found is None:
        what = "candidate" if kind == "promote" else "model that judged before"
        raise UsageError(
            f"The source '{source}' has no {what} in this store. Models are tuned by corrections "
            "and audits on the pages of the line; see [update] in line.toml."
        )
    if reference and found.reference != reference:
        raise UsageError(f"It is {found.reference}, not {reference}. Look again, then ask again.")
    return found


def _outcome(store: "Store", action: str, wait_s: float) -> str | None:
    """What came of it: "" done, words where it was refused, None where nobody has answered."""
    from faultlens.store.questions.actions import outcome

    end_s = clock.monotonic() + wait_s
    while (found := outcome(store, action)) is None and clock.monotonic() < end_s:
        clock.sleep(LOOK_S)
    return found


def _evidence(record: ModelRecord) -> str:
    lines = [f"{record.reference} ({record.step}, {record.time:%Y-%m-%d %H:%M} UTC)"]
    for each in record.evidence.get("rates", ()):
        (live, of), (candidate, among) = each["live"], each["candidate"]
        lines.append(
            f"  {each['figure']}, {each['set']}: {candidate} of {among}; live model {live} of {of}"
        )
    plain = {k: x for k, x in record.evidence.items() if isinstance(x, str | int | float)}
    lines += [f"  {name}: {value}" for name, value in plain.items()]
    return "\n".join(lines)


def _tell(facts: dict[str, Any], words: str, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
    elif not quiet:
        typer.echo(words)
