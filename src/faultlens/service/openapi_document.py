"""The OpenAPI document: what the routes tell, with the limits that the operator has set."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from faultlens.service.openapi import REF
from faultlens.service.openapi_schemas import SCHEMAS
from faultlens.service.options import (
    DiagnoseOptions,
    InspectOptions,
    MatchOptions,
    ModelChange,
    Options,
)
from faultlens.service.scan_options import MeasureOptions
from faultlens.service.settings import ServiceSettings

ABOUT = """Describe a fault in words; it is found in a recording, a picture or a scan, with
the evidence.

Files come as multipart/form-data: `file`, one or many, and `request`, the options as JSON text;
with scans also `golden` and `photograph`, which hold for all of them.
One file is answered by its result; several by `results`, in their order, and `failures`.
Every error is a problem document (RFC 9457); `type` leads to what it means.
"""

TAGS = [
    {"name": "judging", "description": "Files and questions in, judgements out."},
    {"name": "knowledge", "description": "What can be asked for without own words."},
    {"name": "models", "description": "Which model judges what."},
    {"name": "profiles", "description": "What was learned of one asset or product."},
    {"name": "health", "description": "For whoever watches the service."},
    {"name": "problems", "description": "What errors mean."},
]

_OPTIONS: tuple[type[Options], ...] = (
    MatchOptions, InspectOptions, DiagnoseOptions, MeasureOptions, ModelChange,
)  # fmt: skip

_FOR_READERS = re.compile(r"^(?:Raises|Example):", flags=re.MULTILINE)
"""Where a docstring begins to speak to whoever reads the code."""

_SENTENCES = (
    ("MatchOptions", "prompts"),
    ("InspectOptions", "defects"),
    ("DiagnoseOptions", "faults"),
    ("MeasureOptions", "defects"),
)
"""Options, and the field of them that holds sentences."""


def document_with(app: FastAPI, settings: ServiceSettings) -> dict[str, Any]:
    """The OpenAPI document of an application, made once.

    Args:
        app: with all its routes.
        settings: its limits, and where it is published.

    Example:
        >>> app = FastAPI(title="example")
        >>> document_with(app, ServiceSettings())["components"]["schemas"]["Problem"]["type"]
        'object'
    """
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(SCHEMAS)
        for each in _OPTIONS:
            schema = each.model_json_schema(ref_template=REF)
            schemas.update(schema.pop("$defs", {}))
            schemas[each.__name__] = schema
        _take_out_unused(made)
        _put_in_limits(made, settings)
        if settings.root_path:
            made["servers"] = [{"url": settings.root_path}]
        app.openapi_schema = made
    return app.openapi_schema


def _take_out_unused(made: dict[str, Any]) -> None:
    """FastAPI's own form of a refusal, which is none of ours, and what code alone needs."""
    for unused in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(unused, None)
    for _, operation in _operations(made):
        operation["description"] = _FOR_READERS.split(operation["description"])[0].strip()
        told = operation["responses"].get("422", {}).get("content", {})
        if "application/json" in told:
            del operation["responses"]["422"]


def _put_in_limits(made: dict[str, Any], settings: ServiceSettings) -> None:
    """A request that keeps the document is not refused for its size."""
    schemas = made["components"]["schemas"]
    for options, field in _SENTENCES:
        stated = schemas[options]["properties"][field]
        (several,) = (x for x in stated.get("anyOf", (stated,)) if x.get("type") == "array")
        several["maxItems"] = settings.max_prompts
        several["items"]["maxLength"] = settings.max_prompt_chars
    urls = schemas["InspectOptions"]["properties"]["urls"]["anyOf"][0]
    urls["maxItems"] = settings.max_files
    if not settings.allow_urls:
        del schemas["InspectOptions"]["properties"]["urls"]
    for path, operation in _operations(made):
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get("multipart/form-data", {}).get("schema")
        if form is None:
            continue
        if form["properties"]["file"]["type"] == "array":
            form["properties"]["file"]["maxItems"] = settings.max_files
        if path == "/v1/inspect" and not settings.allow_urls:
            form["required"] = ["file"]


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in made["paths"].items():
        yield from ((path, operation) for operation in methods.values())
