"""The service itself, as its users start it, at a free port of loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

from faultlens.evaluation.service.processes import serving


@contextmanager
def served(**environment: str) -> Iterator[str]:
    """`faultlens serve` with one worker; its address."""
    given = {"FAULTLENS_WORKERS": "1", "FAULTLENS_DRAIN_S": "0", **environment}
    with serving(environment=given) as server:
        yield f"http://{server.target.host}:{server.target.port}"
