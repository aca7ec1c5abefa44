"""The models that requests may name, with their cards."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from faultlens.hosting.models import reference_of, served_names
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.state import HostState
from faultlens.hosting.task import VERBS
from faultlens.runtimes.hugging_face import exported_folder, is_hugging_face
from faultlens.runtimes.listed import ListedModel, list_bundle, list_models


def served_models(plan: HostPlan, state: HostState) -> dict[str, Any]:
    """What each verb uses, and the names that requests may give in its place.

    Args:
        plan: of the host.
        state: of the host.

    Example:
        >>> table = served_models(HostPlan(), HostState(True, 1, 0, 0))
        >>> [x["name"] for x in table["models"]]
        ['builtin/bearing', 'builtin/physics', 'builtin/scan', 'builtin/surface']
    """
    names = {verb: served_names(plan, verb) for verb in VERBS}
    built_in = _built_in()
    every = sorted({x for known in names.values() for x in known})
    return {
        "verbs": {
            verb: {"model": state.models.get(verb, plan.models[verb]), "names": list(names[verb])}
            for verb in VERBS
        },
        "models": [_row(x, built_in.get(x) or _in_folder(plan, x)) for x in every],
    }


@cache
def _built_in() -> Mapping[str, ListedModel]:
    """They do not change while this runs, and comparing their hashes takes 0.1 s."""
    return {x.name: x for x in list_models()}


def _in_folder(plan: HostPlan, name: str) -> ListedModel:
    folder = reference_of(plan, VERBS[0], name)
    return list_bundle(exported_folder(folder) if is_hugging_face(folder) else folder)


def _row(name: str, listed: ListedModel) -> dict[str, Any]:
    # Where it lies on this machine is no matter of a client.
    problem = None if listed.problem is None else listed.problem.replace(listed.where, name)
    return {
        "name": name,
        "reference": listed.reference,
        "kind": listed.kind,
        "size_mb": round(listed.size_mb, 3),
        "card": None if listed.card is None else asdict(listed.card),
        "problem": problem,
    }
