"""The card of a model: what it was trained on, what it was measured to do, and where it ends."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from faultlens.runtimes.fields import refuse_unknown, take, take_sha256


@dataclass(frozen=True)
class CardResult:
    """One measured figure, and the command that measures it again.

    Args:
        what: what was measured, and on which recordings.
        value: the figure with its interval, in words.
        command: what to run to see it again.
    """

    what: str
    value: str
    command: str


@dataclass(frozen=True)
class CardSource:
    """What a model was made from that others made.

    Args:
        name: weights or data, with version.
        licence: the terms under which it may be used.
        sha256: of the file used; empty where there is none.
    """

    name: str
    licence: str
    sha256: str


@dataclass(frozen=True)
class ModelCard:
    """What a user must know of a model before trusting it.

    Args:
        summary: one sentence: what goes in, what comes out.
        licence: the terms of this model.
        training_data: what it was trained on.
        results: measured figures.
        limits: where it is not to be trusted.
        sources: what it was made from.
    """

    summary: str
    licence: str
    training_data: str
    results: tuple[CardResult, ...]
    limits: str
    sources: tuple[CardSource, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON holds it.

        Example:
            >>> ModelCard("Sentences in.", "MIT", "", (), "English.").to_dict()["licence"]
            'MIT'
        """
        return asdict(self)

    @classmethod
    def from_dict(cls, table: Mapping[str, object], where: str) -> "ModelCard":
        """The card that JSON holds.

        Args:
            table: what `to_dict` gave, after JSON.
            where: bundle, for messages.

        Raises:
            BundleError: a field is missing, unknown, or of a wrong kind.

        Example:
            >>> card = ModelCard("Sentences in.", "MIT", "", (), "English.")
            >>> ModelCard.from_dict({**card.to_dict(), "results": [], "sources": []}, "x") == card
            True
        """
        refuse_unknown(table, [field.name for field in fields(cls)], where)
        return cls(
            summary=take(table, "summary", str, where),
            licence=take(table, "licence", str, where),
            training_data=take(table, "training_data", str, where),
            results=tuple(_result(x, where) for x in _tables(table, "results", where)),
            limits=take(table, "limits", str, where),
            sources=tuple(_source(x, where) for x in _tables(table, "sources", where)),
        )


def _tables(table: Mapping[str, object], name: str, where: str) -> list[dict[str, object]]:
    rows = take(table, name, list, where)
    return [take({name: row}, name, dict, where) for row in rows]


def _result(row: Mapping[str, object], where: str) -> CardResult:
    refuse_unknown(row, ["what", "value", "command"], where)
    return CardResult(*(take(row, name, str, where) for name in ("what", "value", "command")))


def _source(row: Mapping[str, object], where: str) -> CardSource:
    refuse_unknown(row, ["name", "licence", "sha256"], where)
    name, licence, sha256 = (take(row, key, str, where) for key in ("name", "licence", "sha256"))
    return CardSource(name, licence, sha256 and take_sha256(row, "sha256", where))
