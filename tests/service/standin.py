"""A host without workers for tests of the service: it answers as it is told, at once."""

import asyncio
import json
from pathlib import Path

from faultlens.hosting.state import HostState
from faultlens.hosting.task import PNG, Answer, Task


class StandInHost:
    """Duck-typed as `hosting.host.Host`; remembers its tasks and what their files held."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.contents: list[bytes] = []
        self.answers: dict[str, Answer] = {}
        self.refusal: Exception | None = None
        self.hold: asyncio.Event | None = None
        self.cancelled = 0
        self.swapped: list[tuple[str, str]] = []
        self.observe = None
        self.state = HostState(True, 1, 0, 0, {"inspect": "builtin/surface@0"})

    async def start(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    async def answer(self, task: Task) -> Answer:
        if self.refusal is not None:
            raise self.refusal
        self.tasks.append(task)
        if not task.source.startswith("http"):
            self.contents.append(Path(task.source).read_bytes())
        if self.hold is not None:
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        if task.name in self.answers:
            return self.answers[task.name]
        if task.media_type == PNG:
            return Answer(b"\x89PNG")
        if task.verb == "match":
            score = 1 / len(task.options["prompts"])
            rows = [{"prompt": x, "similarity_score": score} for x in task.options["prompts"]]
            return Answer(json.dumps({"matches": rows}).encode())
        result = {"schema": 1, "file": task.name, "verdict": "crack", "options": task.options}
        return Answer(json.dumps(result).encode(), verdict="defect", model="builtin/surface@0")

    async def swap(self, verb: str, model: str) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.swapped.append((verb, model))
        return f"{model}@1"

    async def stop(self, within_s: float) -> None:
        pass
