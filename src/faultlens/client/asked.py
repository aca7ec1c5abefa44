"""Requests as records: what is sent, and how its answer is read. Both clients send these."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx2

from faultlens.client.options import (
    DiagnoseOptions,
    InspectOptions,
    MeasureOptions,
    checked_options,
)
from faultlens.client.results import Match, Result
from faultlens.client.uploads import File, upload_of
from faultlens.core.errors import ServiceError

T = TypeVar("T")

JSON, PNG = "application/json", "image/png"


@dataclass(frozen=True)
class Asked(Generic[T]):
    """One request.

    Args:
        method: of HTTP.
        path: below the service's address.
        read: the answer as the caller wants it.
        request: options: JSON text in the form beside the file, or the body where there is none.
        accept: media type of the answer.
        is_form: whether a file goes into a form, field `file`; else it is the body.
        once: whether it is not repeated.
        beside: files of other fields of the form, by their field.
    """

    method: str
    path: str
    read: Callable[[httpx2.Response], T]
    request: Mapping[str, Any] | None = None
    accept: str = JSON
    is_form: bool = True
    once: bool = False
    beside: Mapping[str, File] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """What is asked for, in a word."""
        return self.path.rpartition("/")[2]

    def parts(self, file: File | None) -> dict[str, Any]:
        """The arguments of httpx2's `request` beside method and URL; reads what files there are.

        Args:
            file: that is sent; None where none is.

        Raises:
            UnreadableFileError: a file that is not there, or may not be read.
        """
        rest: dict[str, Any] = {"headers": {"Accept": self.accept}}
        if file is None:
            return rest if self.request is None else {**rest, "json": self.request}
        if not self.is_form:
            return {**rest, "content": upload_of(file)[1]}
        files = {name: upload_of(x) for name, x in {"file": file, **self.beside}.items()}
        form = {"request": json.dumps(self.request, ensure_ascii=False)}
        return {**rest, "files": files, "data": form}


def inspection(options: InspectOptions) -> Asked[Result]:
    """A picture to inspect.

    Args:
        options: of the inspection.

    Example:
        >>> inspection({"part": "shaft"}).request
        {'part': 'shaft'}
    """
    request = checked_options(options, InspectOptions)
    return Asked("POST", "v1/inspect", _result, request=request)


def overlay(options: InspectOptions) -> Asked[bytes]:
    """A picture to inspect and to draw on.

    Args:
        options: of the inspection.

    Example:
        >>> overlay({}).accept
        'image/png'
    """
    return _drawn(inspection(options))


def diagnosis(options: DiagnoseOptions) -> Asked[Result]:
    """A recording to diagnose.

    Args:
        options: of the diagnosis.

    Example:
        >>> diagnosis({"shaft_rpm": 1772}).path
        'v1/diagnose'
    """
    request = checked_options(options, DiagnoseOptions)
    return Asked("POST", "v1/diagnose", _result, request=request)


def figure(options: DiagnoseOptions) -> Asked[bytes]:
    """A recording to diagnose and to draw.

    Args:
        options: of the diagnosis.

    Example:
        >>> figure({}).accept
        'image/png'
    """
    return _drawn(diagnosis(options))


def measurement(options: MeasureOptions) -> Asked[Result]:
    """A scan to measure.

    Args:
        options: of the measurement.

    Example:
        >>> what = measurement({"unit": "m", "golden": "lid.stl"})
        >>> what.request, what.beside
        ({'unit': 'm'}, {'golden': 'lid.stl'})
    """
    request = checked_options(options, MeasureOptions)
    fields = ("golden", "photograph")
    beside: dict[str, File] = {x: request.pop(x) for x in fields if x in request}
    return Asked("POST", "v1/measure", _result, request=request, beside=beside)


def scan_figure(options: MeasureOptions) -> Asked[bytes]:
    """A scan to measure and to draw.

    Args:
        options: of the measurement.

    Example:
        >>> scan_figure({}).accept
        'image/png'
    """
    return _drawn(measurement(options))


def matching(prompts: Sequence[str]) -> Asked[tuple[Match, ...]]:
    """A picture to hold against prompts.

    Args:
        prompts: sentences.

    Example:
        >>> matching(["a crack", "no defect"]).request
        {'prompts': ['a crack', 'no defect']}
    """
    request = {"prompts": list(prompts)}
    return Asked("POST", "match-image-text", _matches, request=request)


def told(path: str, *, once: bool = False) -> Asked[dict[str, Any]]:
    """A page of the service that is a JSON object.

    Args:
        path: below the service's address.
        once: whether it is not repeated.

    Example:
        >>> told("v1/models").method
        'GET'
    """
    return Asked("GET", path, _object, once=once)


def profile_put(name: str) -> Asked[dict[str, Any]]:
    """A profile to keep under a name.

    Args:
        name: of the profile.

    Example:
        >>> profile_put("pump-7").path
        'v1/profiles/pump-7'
    """
    return Asked("PUT", f"v1/profiles/{quote(name, safe='')}", _object, is_form=False)


def profile_deleted(name: str) -> Asked[None]:
    """A profile to remove; told once, since the second time there is none.

    Args:
        name: of the profile.

    Example:
        >>> profile_deleted("pump-7").method
        'DELETE'
    """
    return Asked("DELETE", f"v1/profiles/{quote(name, safe='')}", _nothing, once=True)


def model_used(verb: str, model: str) -> Asked[dict[str, Any]]:
    """A model to use for a verb from now on.

    Args:
        verb: "inspect", "match", "diagnose" or "measure".
        model: its name in the service.

    Example:
        >>> model_used("inspect", "builtin/surface").request
        {'model': 'builtin/surface'}
    """
    return Asked("PUT", f"v1/models/{quote(verb, safe='')}", _object, request={"model": model})


def _drawn(what: Asked[Result]) -> Asked[bytes]:
    """The same, answered by a picture."""
    return Asked(what.method, what.path, _png, request=what.request, accept=PNG, beside=what.beside)


def _result(answer: httpx2.Response) -> Result:
    return Result(_object(answer))


def _matches(answer: httpx2.Response) -> tuple[Match, ...]:
    rows = _object(answer).get("matches", ())
    return tuple(Match(x["prompt"], x["similarity_score"]) for x in rows)


def _png(answer: httpx2.Response) -> bytes:
    if not answer.content.startswith(b"\x89PNG"):
        raise _strange(answer, "PNG")
    return answer.content


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise _strange(answer, "JSON object")
    return cast(dict[str, Any], content)


def _nothing(answer: httpx2.Response) -> None:
    return None


def _strange(answer: httpx2.Response, wanted: str) -> ServiceError:
    kind = answer.headers.get("content-type", "nothing")
    return ServiceError(
        f"{answer.request.url} answered with {kind} and not with a {wanted}; is the address that "
        "of the service (url=... or FAULTLENS_URL)?",
        status=answer.status_code,
    )
