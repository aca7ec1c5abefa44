"""What the application keeps from its start to its stop."""

from dataclasses import dataclass

from fastapi import Request

from faultlens.hosting.host import Host
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import DIAGNOSE, INSPECT, MATCH, MEASURE
from faultlens.service.drain import Drain
from faultlens.service.metrics import Metrics
from faultlens.service.security import Gate
from faultlens.service.settings import ServiceSettings
from faultlens.service.spool import Spool
from faultlens.service.telemetry import Tracing


@dataclass(frozen=True)
class Service:
    """The parts of a service that live.

    Args:
        settings: what the operator decided.
        host: models at work.
        drain: whether it is about to stop.
        spool: where uploads lie while they are judged.
        gate: who is let in.
        metrics: what Prometheus may scrape.
        tracing: traces of requests; None for none.
    """

    settings: ServiceSettings
    host: Host
    drain: Drain
    spool: Spool
    gate: Gate
    metrics: Metrics
    tracing: Tracing | None


def plan_of(settings: ServiceSettings) -> HostPlan:
    """What the host is to do, by the operator's settings.

    Raises:
        UsageError: a bound that is none.

    Example:
        >>> plan_of(ServiceSettings(inspect_model="builtin/surface")).models["match"]
        'builtin/surface'
    """
    return HostPlan(
        models={
            MATCH: settings.match_reference,
            INSPECT: settings.inspect_model,
            DIAGNOSE: settings.diagnose_model,
            MEASURE: settings.measure_model,
        },
        models_dir=settings.models_dir,
        profiles_dir=settings.profiles_dir,
        workers=settings.workers,
        threads=settings.threads,
        device=settings.device,
        batch_size=settings.batch_size,
        batch_wait_s=settings.batch_wait_ms / 1000,
        queue_size=settings.queue_size,
        queue_wait_s=settings.queue_wait_s,
        timeout_s=settings.timeout_s,
        allow_urls=settings.allow_urls,
        work_memory_mb=settings.work_memory_mb,
    )


def service_of(request: Request) -> Service:
    """The service that a request came to.

    Example:
        >>> from fastapi import FastAPI
        >>> app = FastAPI()
        >>> app.state.service = "it"
        >>> service_of(Request({"type": "http", "app": app}))
        'it'
    """
    service: Service = request.app.state.service
    return service
