"""What a client gets back: which form it accepts, and one or many results in it."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from fastapi import Request, Response

from faultlens.hosting.task import JSON, Answer, Problem
from faultlens.service.facts import facts
from faultlens.service.problems import document, problem_answer, refused

VARIES: Mapping[str, str] = {"Vary": "Accept"}


def media_type_for(accept: str, offers: Sequence[str]) -> str:
    """The form of an answer that a client prefers.

    Args:
        accept: the header; empty accepts everything.
        offers: forms there are, best first.

    Raises:
        Refused: the client accepts none of them.

    Source: RFC 9110, section 12.5.1.

    Example:
        >>> media_type_for("image/png, */*;q=0.1", ("application/json", "image/png"))
        'image/png'
        >>> media_type_for("*/*", ("application/json", "image/png"))
        'application/json'
    """
    chosen = _chosen(accept[:1000], tuple(offers))
    if chosen is None:
        raise refused(
            "not-acceptable",
            f"'{accept[:100]}' is accepted, and there is {' or '.join(offers)}.",
        )
    return chosen


@lru_cache(maxsize=256)
def _chosen(accept: str, offers: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return offers[0]
    ranges = [_range(x) for x in accept.split(",")]
    weights = {offer: _weight(offer, ranges) for offer in offers}
    best = max(offers, key=lambda x: weights[x])
    return best if weights[best] > 0 else None


def _range(text: str) -> tuple[str, float]:
    kind, *parameters = (x.strip().lower() for x in text.split(";"))
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return kind, max(0.0, min(1.0, float(value)))
            except ValueError:
                return kind, 0.0
    return kind, 1.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Of the most specific range that fits."""
    for kind in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        for stated, weight in ranges:
            if stated == kind:
                return weight
    return 0.0


def one_answer(request: Request, answer: Answer, media_type: str) -> Response:
    """The response of a single file: its result, or its problem.

    Args:
        request: what was asked.
        answer: of the workers.
        media_type: of the result.

    Example:
        >>> request = Request({"type": "http", "path": "/v1/inspect", "headers": []})
        >>> one_answer(request, Answer(b'{"verdict": "crack"}'), JSON).body
        b'{"verdict": "crack"}'
    """
    if answer.problem is not None:
        return problem_answer(request, answer.problem, retry_of(answer.problem))
    return Response(answer.content, media_type=media_type, headers=dict(VARIES))


def many_answers(request: Request, names: Sequence[str], answers: Sequence[Answer]) -> Response:
    """The response of several files: results in their order, and what failed beside them.

    Where all have failed, it is the first problem, with the others in it.

    Args:
        request: what was asked.
        names: of the files.
        answers: one per file.

    Example:
        >>> request = Request({"type": "http", "path": "/v1/inspect", "headers": []})
        >>> unread = Answer(problem=Problem(422, "unreadable-file", "No", "Cut off."))
        >>> many_answers(request, ["a", "b"], [unread, Answer(b"{}")]).status_code
        200
    """
    root = request.scope.get("root_path", "")
    results = [x.content for x in answers if x.problem is None]
    problems = [(name, x.problem) for name, x in zip(names, answers, strict=True) if x.problem]
    failures = [{"file": name} | document(said, root=root) for name, said in problems]
    if not results:
        first = problems[0][1]
        facts().problems.extend(said.slug for _, said in problems[1:])
        return problem_answer(request, first, retry_of(first), results=[], failures=failures)
    facts().problems.extend(said.slug for _, said in problems)
    listed = json.dumps(failures, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(
        b'{"results": [' + b", ".join(results) + b'], "failures": ' + listed + b"}",
        media_type=JSON,
        headers=dict(VARIES),
    )


def retry_of(said: Problem) -> dict[str, str]:
    """When to ask again, where a problem passes by itself.

    Example:
        >>> retry_of(Problem(503, "busy", "Busy", "Full."))
        {'Retry-After': '1'}
    """
    return {"Retry-After": "1"} if said.status == 503 else {}
