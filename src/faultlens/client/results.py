"""What comes back: results with the same names as those of `faultlens.diagnose`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, final

from faultlens.core.errors import FaultlensError

T = TypeVar("T")


@final
@dataclass(frozen=True)
class Finding:
    """One sentence that was asked for.

    Args:
        label: the sentence, word for word.
        score: calibrated probability, 0 to 1.
        region: where: seconds of the recording, or boxes and mask on the picture; of a scan its
            `defects` say it.
        evidence: what speaks for it.
    """

    label: str
    score: float
    region: Mapping[str, Any] | None = field(default=None, repr=False)
    evidence: Mapping[str, Any] = field(default_factory=dict, repr=False)


@final
@dataclass(frozen=True)
class Match:
    """One prompt, and how well a picture agrees with it beside the other prompts.

    Args:
        prompt: word for word.
        similarity_score: share of 1 that falls to it.
    """

    prompt: str
    similarity_score: float


@final
@dataclass(frozen=True)
class Result:
    """A diagnosis, an inspection or a measurement as the service tells it.

    Args:
        content: the JSON of the result, whole.

    Example:
        >>> result = Result({"file": "a.csv", "verdict": "healthy", "alarm": False,
        ...     "findings": [{"label": "healthy", "score": 0.97}]})
        >>> result.verdict, result.alarm, result.findings
        ('healthy', False, (Finding(label='healthy', score=0.97),))
    """

    content: Mapping[str, Any] = field(repr=False)

    @property
    def file(self) -> str | None:
        """How the file was called when it was sent."""
        return self.content.get("file")

    @property
    def verdict(self) -> str:
        """A label, "healthy" or "no defect", or "unknown"."""
        return str(self.content["verdict"])

    @property
    def alarm(self) -> bool:
        """Whether the alarm score lies above the threshold."""
        return bool(self.content["alarm"])

    @property
    def alarm_score(self) -> float | None:
        """What the threshold is held against, 0 to 1."""
        return self.content.get("alarm_score")

    @property
    def threshold(self) -> float | None:
        """Alarm score from which it alarms, 0 to 1."""
        return self.content.get("threshold")

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        return str(self.content.get("sentence", self.verdict))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every sentence asked for, best first, those below the threshold too."""
        return tuple(
            Finding(x["label"], x["score"], x.get("region"), x.get("evidence") or {})
            for x in self.content.get("findings", ())
        )

    @property
    def defects(self) -> tuple[Mapping[str, Any], ...]:
        """Of a scan: every defect with its sizes ("depth_mm", "depth_mm_u95", ...), worst first."""
        return tuple(self.content.get("defects", ()))

    @property
    def severity(self) -> str | None:
        """Of a scan with rules: "accept", "rework" or "scrap"."""
        told = self.content.get("severity")
        return told if isinstance(told, str) else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a careful engineer would want to know."""
        return tuple(self.content.get("warnings", ()))

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the result, whole."""
        return dict(self.content)

    def __repr__(self) -> str:
        return f"Result(file={self.file!r}, verdict={self.verdict!r}, alarm={self.alarm})"


@final
@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What became of one file of many: a result, or the reason why there is none.

    Args:
        file: as it was given: a path, or a name.
        result: None where there is an error.
        error: why there is no result; None where there is one.
    """

    file: str
    result: T | None = None
    error: FaultlensError | None = None
