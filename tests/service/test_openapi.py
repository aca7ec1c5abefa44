"""The OpenAPI document is whole: references resolve, every operation and problem has an example."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from faultlens.service.app import create_app
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost


def made(**settings: Any) -> dict[str, Any]:
    return create_app(ServiceSettings(**settings), StandInHost()).openapi()  # type: ignore[arg-type]


DOCUMENT = made()
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def valid(schema: dict[str, Any], shown: object) -> None:
    whole = Resource(contents=DOCUMENT, specification=DRAFT202012)
    local = {"$ref": f"urn:document{schema['$ref']}"} if "$ref" in schema else schema
    registry = Registry().with_resource("urn:document", whole)
    text = {**local, "components": DOCUMENT["components"]}
    Draft202012Validator(text, registry=registry).validate(shown)


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    assert named <= set(DOCUMENT["components"]["schemas"])
    assert "HTTPValidationError" not in named


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_told_with_examples_that_keep_its_schema(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert ">>>" not in operation["description"]
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            if kind == "image/png":
                continue
            shown = [x["value"] for x in content.get("examples", {}).values()]
            shown += [content["example"]] if "example" in content else []
            assert shown or kind == "text/plain", f"{status} has no example"
            for each in shown:
                valid(content["schema"], each)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_body_that_is_asked_for_has_a_valid_example(operation: dict[str, Any]) -> None:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        if kind == "multipart/form-data":
            schema = schema["properties"]["request"]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            for shown in DOCUMENT["components"]["schemas"][name]["examples"]:
                valid(schema, shown)


def form(document: dict[str, Any], path: str) -> Any:
    body = document["paths"][path]["post"]["requestBody"]
    return body["content"]["multipart/form-data"]["schema"]


@pytest.mark.parametrize(
    ("path", "allow_urls", "required"),
    [
        ("/match-image-text", False, ["file", "request"]),
        ("/v1/diagnose", False, ["file"]),
        ("/v1/inspect", False, ["file"]),
        ("/v1/inspect", True, []),
    ],
)
def test_a_form_asks_for_what_cannot_be_left_out(
    path: str, allow_urls: bool, required: list[str]
) -> None:
    document = made(allow_urls=allow_urls)
    assert form(document, path)["required"] == required
    options = document["components"]["schemas"]["InspectOptions"]["properties"]
    assert ("urls" in options) == allow_urls


def test_the_operators_limits_stand_in_the_document() -> None:
    document = made(max_prompts=7, max_prompt_chars=9, max_files=3)
    schemas = document["components"]["schemas"]
    prompts = schemas["MatchOptions"]["properties"]["prompts"]
    defects = schemas["InspectOptions"]["properties"]["defects"]["anyOf"][0]
    for sentences in (prompts, defects):
        assert (sentences["maxItems"], sentences["items"]["maxLength"]) == (7, 9)
    assert form(document, "/v1/diagnose")["properties"]["file"]["maxItems"] == 3


def test_a_proxys_path_stands_in_the_document_and_on_the_page() -> None:
    assert made(root_path="/lens")["servers"] == [{"url": "/lens"}]
    settings = ServiceSettings(root_path="/lens")
    with TestClient(create_app(settings, StandInHost())) as client:  # type: ignore[arg-type]
        page = client.get("/docs").text
        assert "/lens/openapi.json" in page
        problem = client.get("/nothing").json()
    assert problem["type"] == "/lens/problems/not-found"


def test_the_page_comes_with_all_that_it_needs() -> None:
    with TestClient(create_app(ServiceSettings(), StandInHost())) as client:  # type: ignore[arg-type]
        page = client.get("/docs")
        assert page.status_code == 200
        assert "https://" not in page.text
        parts = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert len(parts) == 3
        for part in parts:
            assert client.get(part).status_code == 200, part
        assert client.get("/openapi.json").json()["info"]["title"] == "faultlens"


def test_pages_can_be_left_out() -> None:
    with TestClient(create_app(ServiceSettings(docs=False), StandInHost())) as client:  # type: ignore[arg-type]
        for path in ("/docs", "/openapi.json", "/docs/files/swagger-ui.css"):
            assert client.get(path).status_code == 404
