"""The application `faultlens.service.app:app`: its parts put together, started and stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from faultlens.core.errors import FaultlensError
from faultlens.core.version import __version__
from faultlens.hosting.host import Host
from faultlens.service.drain import Drain, LastAnswers
from faultlens.service.head import HeadAsGet
from faultlens.service.logs import json_logs
from faultlens.service.metrics import Metrics
from faultlens.service.openapi_document import ABOUT, TAGS, document_with
from faultlens.service.plain_start import PlainStart
from faultlens.service.problems import tell_problems
from faultlens.service.routes import (
    health,
    judging,
    knowledge,
    models,
    pages,
    problem_pages,
    profiles,
)
from faultlens.service.security import Gate, allow_origins
from faultlens.service.settings import ServiceSettings, settings_from
from faultlens.service.shell import Shell
from faultlens.service.spool import Spool
from faultlens.service.state import Service, plan_of
from faultlens.service.telemetry import Tracing

GROUPS = (judging, knowledge, models, profiles, health, problem_pages)


def create_app(settings: ServiceSettings | None = None, host: Host | None = None) -> FastAPI:
    """An application of these settings; its models are loaded when a server starts it.

    Args:
        settings: what the operator decided; None takes them from the environment.
        host: models at work; None makes one of the settings.

    Raises:
        UsageError: a setting that is none of its kind.
        UnreadableFileError: the file of keys is none.

    Example:
        >>> create_app(ServiceSettings()).title
        'faultlens'
    """
    settings = settings_from() if settings is None else settings
    host = Host(plan_of(settings)) if host is None else host
    metrics = Metrics(lambda: host.state)
    host.observe = metrics.batch
    service = Service(
        settings,
        host,
        Drain(settings.drain_s),
        Spool(),
        Gate.of(settings),
        metrics,
        Tracing.of(settings),
    )
    app = FastAPI(
        title="faultlens",
        version=__version__,
        description=ABOUT,
        openapi_tags=TAGS,
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.gate = service.gate
    app.state.failure = None
    app.openapi = lambda: document_with(app, settings)  # type: ignore[method-assign]
    tell_problems(app)
    for group in GROUPS:
        # Routers within routers would be searched one by one for every request.
        app.router.routes.extend(group.router.routes)
    if settings.docs:
        pages.add_pages(app)
    app.add_middleware(LastAnswers, drain=service.drain)
    allow_origins(app, settings)
    app.add_middleware(PlainStart, failure=lambda: app.state.failure)
    app.add_middleware(
        Shell, metrics=metrics, tracing=service.tracing, root_path=settings.root_path
    )
    app.add_middleware(HeadAsGet)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    with json_logs(service.settings.log_level):
        service.gate.warn_if_open()
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
            if service.tracing is not None:
                # It sends what is left, which may take some seconds.
                await asyncio.to_thread(service.tracing.close)


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
