"""JSON schemas of what the workers answer, which no Python class of the service holds."""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_OBJECT: dict[str, Any] = {"type": "object"}


def _object(required: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **more}, "required": list(required)}


def _list(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **more}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _several(name: str) -> dict[str, Any]:
    return _object({"results": _list(_ref(name)), "failures": _list(_ref("Failure"))})


_FINDING = _object(
    {"label": _TEXT, "score": _SHARE, "evidence": _OBJECT}, region={"type": ["object", "null"]}
)
_RESULT = {
    "schema": {"const": 1},
    "file": _MAYBE_TEXT,
    "model": _TEXT,
    "verdict": _TEXT,
    "alarm": {"type": "boolean"},
    "threshold": {"type": ["number", "null"]},
    "false_alarm_rate": {"type": ["number", "null"]},
    "findings": _list(_ref("Finding"), minItems=1),
    "warnings": _list(_TEXT),
    "seconds": {"type": "number", "minimum": 0},
}
_KNOWN = dict.fromkeys(("asset", "part", "source", "time", "profile"), _MAYBE_TEXT)
_PROBLEM = {
    "type": {"type": "string", "format": "uri-reference"},
    "title": _TEXT,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": _TEXT,
}
_MISTAKE = _object({"pointer": _TEXT, "detail": _TEXT})

SCHEMAS: dict[str, dict[str, Any]] = {
    "Finding": _FINDING,
    "Matches": _object(
        {"matches": _list(_object({"prompt": _TEXT, "similarity_score": _SHARE}), minItems=1)}
    ),
    "Inspection": _object(_RESULT, **_KNOWN, picture=_OBJECT, sentence=_TEXT),
    "Diagnosis": _object(_RESULT, **_KNOWN, shaft=_OBJECT, severity=_OBJECT, sentence=_TEXT),
    "Measurement": _object(
        _RESULT,
        **_KNOWN,
        defects=_list(_OBJECT),
        severity=_MAYBE_TEXT,
        reference=_OBJECT,
        scan=_OBJECT,
        unit=_TEXT,
        sentence=_TEXT,
    ),
    "Problem": _object(
        _PROBLEM,
        instance={"type": "string", "format": "uri-reference"},
        request_id=_TEXT,
        errors=_list(_MISTAKE),
        results=_list(_OBJECT, maxItems=0),
        failures=_list(_ref("Failure")),
    ),
    "Failure": _object({"file": _TEXT, **_PROBLEM}),
    "Inspections": _several("Inspection"),
    "Diagnoses": _several("Diagnosis"),
    "Measurements": _several("Measurement"),
}
"""Name -> schema, under components of the OpenAPI document; results may hold more than is said."""
