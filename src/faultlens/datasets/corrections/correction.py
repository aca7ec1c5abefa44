"""The record of one correction: what a file shows, by whom, when, and what was said before."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.datasets.labels import label_in_words
from faultlens.datasets.pictures.labels import label_of
from faultlens.text.spelling import plain

FORMAT = 1
"""Version of a record; a reader refuses newer ones by name."""

PICTURE, RECORDING = "picture", "recording"
KINDS = (PICTURE, RECORDING)

LONGEST_LABEL = 200
"""Characters of a label: a sentence, and no essay."""

UNKNOWN = "unknown"
"""What a model may say and a person who corrects may not: it teaches nothing."""

_HASH = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Said:
    """What had been said of a file before it was corrected.

    Args:
        verdict: label of the result.
        model: name and hash of what said it.
        score: of the verdict, 0 to 1; None where nobody wrote it down.
        alarm: whether it alarmed; None where nobody wrote it down.
        threshold: against which; None where nobody wrote it down.
        profile: calibration that was used; None for none.
    """

    verdict: str
    model: str = ""
    score: float | None = None
    alarm: bool | None = None
    threshold: float | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Correction:
    """What a person said of one file.

    Args:
        key: name of the record in its set: time, kind, and a few random letters.
        kind: `PICTURE` or `RECORDING`.
        label: what it shows, as given; "" takes back what was said before.
        file: the copy in the set, as seen from its folder.
        original: where the file lay.
        sha256: of the file.
        content: hash of pixels or samples; a copy in another format has the same.
        time: when it was said, ISO 8601, UTC.
        by: who said it.
        note: why, in words; "" for nothing.
        mask: picture of where the defect is, as seen from the folder of the set; "" where nobody
            drew it.
        said: what had been said before; None where nobody knows.
        replaces: keys of the records of the same file that this one takes the place of.
    """

    key: str
    kind: str
    label: str
    file: str
    original: str
    sha256: str
    content: str
    time: str
    by: str
    note: str = ""
    mask: str = ""
    said: Said | None = None
    replaces: tuple[str, ...] = ()

    @property
    def meaning(self) -> str:
        """The label in the words that a data set has: two spellings of one label mean the same."""
        return meaning(self.kind, self.label)

    @property
    def confirms(self) -> bool:
        """Whether it says the same as the model had."""
        return self.said is not None and meaning(self.kind, self.said.verdict) == self.meaning

    def to_json(self) -> str:
        """The record as its file holds it."""
        table = {"format": FORMAT, **asdict(self), "replaces": list(self.replaces)}
        return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def meaning(kind: str, label: str) -> str:
    """A label in the words that data sets of its kind have.

    Args:
        kind: `PICTURE` or `RECORDING`.
        label: as given.

    Example:
        >>> meaning(PICTURE, "pitted_surface"), meaning(RECORDING, "inner")
        ('pitted surface', 'inner race fault')
    """
    return label_of(label) if kind == PICTURE else label_in_words(label)


def checked_label(label: str) -> str:
    """A label that can be learned from.

    Args:
        label: in words, of any language.

    Raises:
        UsageError: it is empty, too long, of several lines, or says that nobody knows.

    Example:
        >>> checked_label("  scratch ")
        'scratch'
    """
    given = label.strip()
    if not given or len(given) > LONGEST_LABEL or _CONTROL.search(given):
        raise UsageError(
            f"The label is {label[:60]!r}; say in one line of 1 to {LONGEST_LABEL} characters what "
            "the file shows, such as scratch, inner race fault, or no defect."
        )
    if plain(given) == UNKNOWN:
        raise UsageError(
            f"'{UNKNOWN}' says what nobody knows; say what the file shows, or take an earlier "
            "correction back with --withdraw."
        )
    return given


def said_of(result: Mapping[str, Any]) -> Said:
    """What a result says, as a correction keeps it.

    Args:
        result: a result's `to_dict()`, or a line of `--json`.

    Raises:
        UsageError: it has no verdict.

    Example:
        >>> said_of({"verdict": "crack", "alarm": True, "model": "builtin/surface@0",
        ...          "findings": [{"label": "crack", "score": 0.7}]})
        Said(verdict='crack', model='builtin/surface@0', score=0.7, alarm=True, ...)
    """
    verdict = result.get("verdict")
    if not isinstance(verdict, str) or not verdict:
        raise UsageError(
            "What was said before has no 'verdict'; give a result of faultlens, such as a line of "
            "faultlens inspect --json."
        )
    findings = [x for x in result.get("findings") or () if isinstance(x, Mapping)]
    scores = [x.get("score") for x in findings if x.get("label") == verdict]
    alarm, profile = result.get("alarm"), result.get("profile")
    return Said(
        verdict=verdict,
        model=str(result.get("model") or ""),
        score=_share(scores[0]) if scores else None,
        alarm=alarm if isinstance(alarm, bool) else None,
        threshold=_share(result.get("threshold")),
        profile=None if profile is None else str(profile),
    )


def correction_of(table: Any, key: str) -> Correction:
    """The record that a file holds.

    Args:
        table: what its JSON holds.
        key: name of the file, without its suffix.

    Raises:
        UnreadableFileError: it is none, damaged, or of a newer version.

    Example:
        >>> correction_of([], "x")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: x is no record of a correction: ...
    """
    try:
        if not isinstance(table, dict) or "format" not in table:
            raise ValueError("it has no field 'format'")
        if table["format"] != FORMAT:
            raise ValueError(
                f"it is of format {table['format']!r}, and this faultlens reads format {FORMAT}; "
                "update faultlens"
            )
        names = {x.name for x in fields(Correction)}
        if odd := sorted(set(table) - names - {"format"}):
            raise ValueError(f"it has an unknown field '{odd[0]}'")
        return _checked(table, key)
    except (KeyError, TypeError, ValueError, UsageError) as error:
        told = f"its field {error} is missing" if isinstance(error, KeyError) else error
        raise UnreadableFileError(f"{key} is no record of a correction: {told}.") from error


def _checked(table: Mapping[str, Any], key: str) -> Correction:
    said = table.get("said")
    made = Correction(
        key=key,
        label=checked_label(_text(table, "label")) if table["label"] else "",
        **{x: _text(table, x) for x in ("kind", "file", "original", "sha256", "content", "time",
                                        "by", "note", "mask")},
        said=None if said is None else Said(**said),
        replaces=tuple(str(x) for x in table["replaces"]),
    )  # fmt: skip
    if made.kind not in KINDS:
        raise ValueError(f"its kind is '{made.kind}', which must be {' or '.join(KINDS)}")
    if not (_HASH.fullmatch(made.sha256) and _HASH.fullmatch(made.content)):
        raise ValueError("its hashes are none")
    if made.said is not None and not isinstance(made.said.verdict, str):
        raise ValueError("what was said before is no text")
    return made


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table[name]
    if not isinstance(value, str):
        raise ValueError(f"its {name} is {value!r}, which must be text")
    return value


def _share(value: object) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and isfinite(value) else None  # type: ignore[arg-type]
