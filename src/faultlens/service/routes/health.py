"""Whether the service lives, is ready, and how it does."""

from typing import Any

from fastapi import APIRouter, Request, Response

from faultlens.core.version import __version__
from faultlens.hosting.key_file import Role
from faultlens.service.openapi import REFUSED, example, plain_text, problems
from faultlens.service.openapi_examples import HEALTH
from faultlens.service.problems import refused
from faultlens.service.security import needs
from faultlens.service.state import service_of

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    summary="What is loaded",
    responses={**example(HEALTH), **problems("not-ready")},
)
async def health(request: Request) -> dict[str, Any]:
    """Say that the models are loaded, which, and on which device.

    Raises:
        Refused: they are not, yet.

    Example:
        >>> health.__name__
        'health'
    """
    state = service_of(request).host.state
    if not state.ready:
        raise refused("not-ready", "No worker is ready; ask again in a moment.", Retry_After="1")
    return {
        "status": "healthy",
        "model_loaded": True,
        "device": state.device,
        "version": __version__,
        "models": dict(state.models),
        "workers": state.workers,
    }


@router.get("/livez", summary="Whether the process lives", responses=example({"status": "alive"}))
async def livez() -> dict[str, str]:
    """Say that the process answers; whoever watches it restarts it when it does not.

    Example:
        >>> livez.__name__
        'livez'
    """
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Whether requests should come here",
    responses={**example({"status": "ready"}), **problems("not-ready", "stopping")},
)
async def readyz(request: Request) -> dict[str, str]:
    """Say whether requests should come here; whoever balances load asks this.

    Raises:
        Refused: they should not: it starts still, or stops.

    Example:
        >>> readyz.__name__
        'readyz'
    """
    service = service_of(request)
    if service.drain.begun:
        raise refused("stopping", "The service stops; ask another.", Retry_After="1")
    if not service.host.state.ready:
        raise refused("not-ready", "No worker is ready; ask again in a moment.", Retry_After="1")
    return {"status": "ready"}


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    dependencies=[needs(Role.READ)],
    response_class=Response,
    responses={**plain_text(), **problems(*REFUSED)},
)
async def metrics(request: Request) -> Response:
    """Count requests, problems, verdicts, batches and seconds, in the text form of Prometheus.

    Example:
        >>> metrics.__name__
        'metrics'
    """
    page, form = service_of(request).metrics.page(request.headers.get("accept", ""))
    return Response(page, headers={"content-type": form})
