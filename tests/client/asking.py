"""Both clients under one hand: a test asks either, over a transport that answers as it wants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from faultlens.client import AsyncClient, Client, Retries

Handler = Callable[[httpx2.Request], httpx2.Response]


@dataclass
class Asking:
    """A client of one kind that never really waits, and says how long it would.

    It meets `handler`, or the network where that is None; `on_wait` is called instead of waiting.
    """

    kind: str
    waits_s: list[float] = field(default_factory=list)
    requests: list[httpx2.Request] = field(default_factory=list)
    now_s: float = 0.0
    on_wait: Callable[[], None] = lambda: None

    def __call__(self, handler: Handler | None, method: str, *args: Any, **options: Any) -> Any:
        settings = options.pop("client", {})
        settings = {"retries": Retries(base_s=0.001), "clock": lambda: self.now_s, **settings}

        def kept(request: httpx2.Request) -> httpx2.Response:
            assert handler is not None
            self.requests.append(request)
            return handler(request)

        def wait(seconds: float) -> None:
            self.waits_s.append(seconds)
            self.now_s += seconds
            self.on_wait()

        transport = None if handler is None else httpx2.MockTransport(kept)
        if self.kind == "sync":
            with Client(transport=transport, sleep=wait, **settings) as client:
                found = getattr(client, method)(*args, **options)
                return list(found) if method.endswith("_many") else found

        async def wait_async(seconds: float) -> None:
            wait(seconds)

        async def run() -> Any:
            async with AsyncClient(transport=transport, sleep=wait_async, **settings) as client:
                found = getattr(client, method)(*args, **options)
                return [x async for x in found] if method.endswith("_many") else await found

        return asyncio.run(run())


def problem(
    status: int, slug: str = "unusable-signal", detail: str = "It is silent.", **headers: str
) -> httpx2.Response:
    """A problem document as the service writes it."""
    content = {
        "type": f"/problems/{slug}", "title": "T", "status": status, "detail": detail,
        "request_id": "r-1",
    }  # fmt: skip
    return httpx2.Response(
        status, json=content, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


HEALTHY = {
    "file": "a.csv", "verdict": "healthy", "alarm": False, "warnings": ["no profile"],
    "findings": [
        {"label": "healthy", "score": 0.9, "region": None, "evidence": {}},
        {"label": "外圈点蚀", "score": 0.1, "region": None, "evidence": {}},
    ],
}  # fmt: skip
