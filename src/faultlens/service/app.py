"""The application `faultlens.service.app:app`: its parts put together, started and stopped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from faultlens.core.errors import FaultlensError
from faultlens.core.version import __version__
from faultlens.hosting.host import Host
from faultlens.service.drain import Drain, LastAnswers
from faultlens.service.plain_start import PlainStart
from faultlens.service.problems import tell_problems
from faultlens.service.routes import health, judging
from faultlens.service.settings import ServiceSettings, settings_from
from faultlens.service.state import Service, plan_of
from faultlens.service.uploads import Spool


def create_app(settings: ServiceSettings | None = None, host: Host | None = None) -> FastAPI:
    """An application of these settings; its models are loaded when a server starts it.

    Args:
        settings: what the operator decided; None takes them from the environment.
        host: models at work; None makes one of the settings.

    Raises:
        UsageError: a setting that is none of its kind.

    Example:
        >>> create_app(ServiceSettings()).title
        'faultlens'
    """
    settings = settings_from() if settings is None else settings
    service = Service(
        settings,
        Host(plan_of(settings)) if host is None else host,
        Drain(settings.drain_s),
        Spool(),
    )
    app = FastAPI(
        title="faultlens",
        version=__version__,
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        root_path=settings.root_path,
    )
    app.state.service = service
    app.state.failure = None
    tell_problems(app)
    for group in (judging, health):
        app.include_router(group.router)
    app.add_middleware(LastAnswers, drain=service.drain)
    app.add_middleware(PlainStart, failure=lambda: app.state.failure)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    try:
        await service.host.start()
        with service.drain.around_signals():
            yield
    except FaultlensError as error:
        app.state.failure = error
        raise
    finally:
        await service.host.stop(service.settings.stop_timeout_s)
        service.spool.close()


def __getattr__(name: str) -> Any:
    """`app`, made when a server asks for it: importing this module reads no settings."""
    if name != "app":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    try:
        made = create_app()
    except FaultlensError as error:
        # A server that imports this has no use for a traceback.
        raise SystemExit(f"faultlens: {error}") from None
    globals()["app"] = made
    return made
