"""What we are compared with: the handler that one writes in ten lines around the pipeline.

Run by uvicorn in a process of its own; the model's folder stands in the variable `MODEL`.
"""

import io
import json
import os
from typing import Annotated, Any

from faultlens.core.optional import optional_import

MODEL = "PLAIN_HANDLER_MODEL"

IN_THREADS, IN_LOOP = "def", "async def"
"""How the function is written: run in a thread of a pool, or between two turns of the loop."""

FACTORIES = {IN_THREADS: "in_threads", IN_LOOP: "in_loop"}
"""Way of writing it -> the function of this module that makes the application."""


def in_threads() -> Any:
    """The application whose handler is a plain function: requests share the processor in threads.

    Raises:
        MissingPackageError: FastAPI or transformers is missing.

    Example:
        >>> in_threads.__name__  # it loads a model; `bench_service` runs it
        'in_threads'
    """
    from fastapi import FastAPI, Form, UploadFile

    app = FastAPI()
    pipe = _pipeline()

    @app.post("/match-image-text")
    def match_image_text(file: UploadFile, request: Annotated[str, Form()]) -> dict[str, Any]:
        return _matched(pipe, file.file.read(), json.loads(request)["prompts"])

    return app


def in_loop() -> Any:
    """The application whose handler is a coroutine: one request after the other.

    Raises:
        MissingPackageError: FastAPI or transformers is missing.

    Example:
        >>> in_loop.__name__  # it loads a model; `bench_service` runs it
        'in_loop'
    """
    from fastapi import FastAPI, Form, UploadFile

    app = FastAPI()
    pipe = _pipeline()

    @app.post("/match-image-text")
    async def match_image_text(file: UploadFile, request: Annotated[str, Form()]) -> dict[str, Any]:
        return _matched(pipe, await file.read(), json.loads(request)["prompts"])

    return app


def _pipeline() -> Any:
    transformers: Any = optional_import("transformers", extra="train")
    return transformers.pipeline("zero-shot-image-classification", model=os.environ[MODEL])


def _matched(pipe: Any, content: bytes, prompts: list[str]) -> dict[str, Any]:
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    found = pipe(image, candidate_labels=prompts, hypothesis_template="{}")
    return {"matches": [{"prompt": x["label"], "similarity_score": x["score"]} for x in found]}
