"""What a route tells the OpenAPI document beyond what FastAPI sees: bodies, examples, problems."""

from collections.abc import Mapping
from typing import Any

from faultlens.service.options import Options
from faultlens.service.problems import KINDS, MEDIA_TYPE, document, problem

Responses = dict[int | str, dict[str, Any]]
"""As FastAPI takes them: status -> response."""

REFUSED = ("unauthorized", "forbidden", "too-many-requests")
"""Problems of whoever brings no key, or one that may not, or asks too often."""

REF = "#/components/schemas/{model}"

_HEADERS = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "How to bring a key.", "schema": {"type": "string"}},
}
_HEADER_OF = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def form(
    options: type[Options], *, many: bool, beside: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The request body of a verb, for `openapi_extra`.

    Args:
        options: of the verb.
        many: whether it takes several files.
        beside: further fields that may hold one file each, and what it is.

    Example:
        >>> from faultlens.service.options import MatchOptions
        >>> sorted(form(MatchOptions, many=False)["requestBody"]["content"])
        ['multipart/form-data']
    """
    file: dict[str, Any] = {"type": "string", "format": "binary"}
    needs_options = bool(options.model_json_schema().get("required"))
    needs_file = "urls" not in options.model_fields
    required = [*(["file"] if needs_file else []), *(["request"] if needs_options else [])]
    schema = {
        "type": "object",
        "properties": {
            "file": {"type": "array", "items": file, "minItems": 1} if many else file,
            **{name: {**file, "description": told} for name, told in (beside or {}).items()},
            "request": {"$ref": REF.format(model=options.__name__)},
        },
        "required": required,
        "additionalProperties": False,
    }
    told = {"schema": schema, "encoding": {"request": {"contentType": "application/json"}}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": told}}}


def json_body(options: type[Options]) -> dict[str, Any]:
    """A request body that is JSON, for `openapi_extra`.

    Args:
        options: what it holds.

    Example:
        >>> from faultlens.service.options import ModelChange
        >>> sorted(json_body(ModelChange)["requestBody"]["content"])
        ['application/json']
    """
    schema = {"$ref": REF.format(model=options.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def file_body(about: str) -> dict[str, Any]:
    """A request body that is a file, for `openapi_extra`.

    Args:
        about: what file.

    Example:
        >>> file_body("A profile.")["requestBody"]["description"]
        'A profile.'
    """
    told = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "description": about, "content": told}}


def judged(
    schema: str, shown: object, *, several: str | None = None, png: bool = False
) -> Responses:
    """The answer of a verb.

    Args:
        schema: of `openapi_schemas`, of one file.
        shown: an example of it.
        several: schema of several files, where they can be asked for.
        png: whether a picture can be asked for.

    Example:
        >>> sorted(judged("Inspection", {}, png=True)[200]["content"])
        ['application/json', 'image/png']
    """
    one = {"$ref": REF.format(model=schema)}
    examples: dict[str, Any] = {"one file": {"value": shown}}
    forms = [one]
    if several is not None:
        forms.append({"$ref": REF.format(model=several)})
        failed = {"file": "b.jpg"} | document(_example("unreadable-file"))
        examples["several files"] = {"value": {"results": [shown], "failures": [failed]}}
    content: dict[str, Any] = {
        "application/json": {
            "schema": {"anyOf": forms} if len(forms) > 1 else one,
            "examples": examples,
        }
    }
    if png:
        content["image/png"] = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "Judged.", "content": content}}


def example(shown: object) -> Responses:
    """An example of a JSON answer whose schema FastAPI knows.

    Args:
        shown: the example.

    Example:
        >>> example({"status": "alive"})[200]["content"]["application/json"]["example"]
        {'status': 'alive'}
    """
    return {200: {"content": {"application/json": {"example": shown}}}}


def plain_text() -> Responses:
    """An answer that is text.

    Example:
        >>> list(plain_text()[200]["content"])
        ['text/plain']
    """
    shown = 'faultlens_requests_total{route="/v1/inspect",method="POST",status="200"} 42.0\n'
    content = {"text/plain": {"schema": {"type": "string"}, "example": shown}}
    return {200: {"description": "Text.", "content": content}}


def problems(*slugs: str) -> Responses:
    """The problems that an operation may answer with.

    Args:
        slugs: of `problems.KINDS`.

    Example:
        >>> sorted(problems("busy", "stopping", "not-found"))
        [404, 500, 503]
    """
    found: Responses = {}
    for slug in dict.fromkeys((*slugs, "our-fault")):
        said = _example(slug)
        if said.status not in found:
            found[said.status] = {
                "description": said.title,
                "content": {
                    MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}, "examples": {}}
                },
            }
            if header := _HEADER_OF.get(said.status):
                found[said.status]["headers"] = {header: _HEADERS[header]}
        shown = document(said, instance="/v1/inspect", request_id="1f0c2a5e9d3b4c7f")
        found[said.status]["content"][MEDIA_TYPE]["examples"][slug] = {"value": shown}
    return dict(sorted(found.items(), key=lambda x: int(x[0])))


def _example(slug: str) -> Any:
    return problem(slug, KINDS[slug].advice)
