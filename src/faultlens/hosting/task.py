"""One request as the workers see it, and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MATCH, INSPECT, DIAGNOSE, MEASURE = "match", "inspect", "diagnose", "measure"
CHECK_PROFILE = "check-profile"

VERBS = (MATCH, INSPECT, DIAGNOSE, MEASURE)
"""Verbs that have a model."""

GOLDEN, PHOTOGRAPH = "golden", "photograph"

BESIDE: Mapping[str, Mapping[str, str]] = {
    MEASURE: {
        GOLDEN: "Scan of a sound part, or CAD mesh, to measure against; it is registered.",
        PHOTOGRAPH: "Photograph of the part, draped on the scan; needs the option camera.",
    }
}
"""Verb -> files that one request may hold beside those that are judged, and what they are."""

JSON, PNG = "application/json", "image/png"


@dataclass(frozen=True)
class Limits:
    """What a worker refuses before it decodes.

    Args:
        pixels: of a picture.
        samples: of a recording, all channels that are read together.
        points: of a scan.
    """

    pixels: int = 25_000_000
    samples: int = 10_000_000
    points: int = 1_100_000


@dataclass(frozen=True)
class Task:
    """One file and what is asked of it.

    Args:
        verb: of `VERBS`, or "check-profile".
        source: path of the uploaded file on this machine, or an http(s) URL where those are
            allowed.
        name: how the client called the file, for results and messages; no folder.
        options: of the verb, checked, as plain JSON values; see `service.options`.
        model: name of a served model; None for the verb's own.
        media_type: of the answer, JSON or PNG.
        limits: refused before decoding.
        beside: files that belong to it, "golden" or "photograph" -> path and name.
    """

    verb: str
    source: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    media_type: str = JSON
    limits: Limits = field(default_factory=Limits)
    beside: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Why there is no result, as RFC 9457 tells it.

    Args:
        status: of HTTP.
        slug: kind of problem, last part of its type URI ("unreadable-file").
        title: the kind in words.
        detail: what was given, what is allowed, what to do.
    """

    status: int
    slug: str
    title: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """What became of a task: a result or a problem, and what is worth counting.

    Args:
        content: of the result, of the task's media type; empty with a problem.
        problem: None where there is a result.
        stage_seconds: seconds in each of `core.stages.STAGES`; of a batch, the task's share.
        verdict: as counted by metrics: "fault", "defect", "healthy", "no defect", "unknown"; None
            for a match or a problem. A label of the user is no value of a metric.
        alarm: whether the result alarms.
        score: 0 to 1, the alarm score; None where there is none.
        model: reference with hash of what judged.
    """

    content: bytes = b""
    problem: Problem | None = None
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    verdict: str | None = None
    alarm: bool = False
    score: float | None = None
    model: str = ""
