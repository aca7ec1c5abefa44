"""Which model judges what, and another in its place while the service runs."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request

from faultlens.hosting.key_file import Role
from faultlens.service.openapi import REFUSED, example, json_body, problems
from faultlens.service.openapi_examples import MODELS, SWAPPED
from faultlens.service.options import ModelChange, options_in
from faultlens.service.security import needs
from faultlens.service.served_models import served_models
from faultlens.service.state import service_of
from faultlens.service.uploads import small_body

UNCHANGED = ("slow-body", "too-large", "invalid-options", "unknown-name", "busy", "stopping")
"""Problems after which the model is the one that it was."""

MOST_BYTES = 10_000
"""Of the body that names a model."""

Verb = Annotated[
    Literal["match", "inspect", "diagnose", "measure"], Path(description="What the model judges.")
]

router = APIRouter(tags=["models"])


@router.get(
    "/v1/models",
    summary="Models that are served",
    dependencies=[needs(Role.READ)],
    responses={**example(MODELS), **problems(*REFUSED)},
)
async def models(request: Request) -> dict[str, Any]:
    """List the models that requests may name, with their cards, and which verb uses which.

    Example:
        >>> models.__name__
        'models'
    """
    service = service_of(request)
    # Reading cards opens files and compares hashes.
    return await asyncio.to_thread(served_models, service.host.plan, service.host.state)


@router.put(
    "/v1/models/{verb}",
    summary="Give a verb another model",
    dependencies=[needs(Role.ADMIN)],
    responses={
        **example(SWAPPED),
        **problems(*REFUSED, *UNCHANGED),
    },
    openapi_extra=json_body(ModelChange),
)
async def swap(request: Request, verb: Verb) -> dict[str, str]:
    """Load another model for what names none; no request is lost, and if it fails nothing changes.

    Example:
        >>> swap.__name__
        'swap'
    """
    service = service_of(request)
    body = await small_body(request, service.settings, MOST_BYTES)
    change = options_in(body, ModelChange, service.settings)
    return {"verb": verb, "model": await service.host.swap(verb, change.model)}
