"""Whether the service lives, is ready, and how it does."""

from typing import Any

from fastapi import APIRouter, Request

from faultlens.core.version import __version__
from faultlens.service.problems import refused
from faultlens.service.state import service_of

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """Say that the models are loaded, and which.

    Raises:
        Refused: they are not, yet.

    Example:
        >>> health.__name__
        'health'
    """
    service = service_of(request)
    state = service.host.state
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


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Say that the process answers; whoever watches it restarts it when it does not.

    Example:
        >>> livez.__name__
        'livez'
    """
    return {"status": "alive"}


@router.get("/readyz")
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
