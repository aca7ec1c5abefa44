"""What speaks for a model, as the models page shows it: rates of both models, and plain facts.

Evidence is what the update wrote down, of this version or an older one; what is odd in it is left
out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.intervals import ShareRow, share_intervals
from faultlens.line.dashboard.charts.numbers import count_text
from faultlens.line.dashboard.span_picker import Words
from faultlens.metrics.intervals import share_interval

MOST_RATES = 12
MOST_FACTS = 24
LONGEST_FACT = 400

HIGHER_IS_BETTER = ("correct",)
"""Figures of which more is better; of all others less is."""


@dataclass(frozen=True)
class RateView:
    """One figure of both models on the same frames.

    Args:
        name: of the figure and the set.
        mark: "better", "worse" or "alike": the candidate beside the live model, by its count.
        chart: both with their intervals.
    """

    name: str
    mark: str
    chart: Chart


@dataclass(frozen=True)
class EvidenceView:
    """All of it.

    Args:
        why: a sentence; "" without one.
        rates: figures of both models.
        facts: word and value.
    """

    why: str
    rates: tuple[RateView, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written down."""
        return not (self.why or self.rates or self.facts)


def evidence_of(evidence: Mapping[str, Any], t: Words, known: Mapping[str, Any]) -> EvidenceView:
    """The evidence of one step of a model.

    Args:
        evidence: as it was written down.
        t: words.
        known: keys that `t` knows; another figure or set is called as it was written.

    Example:
        >>> rate = {"figure": "missed", "set": "held", "live": [3, 40], "candidate": [1, 40]}
        >>> view = evidence_of({"rates": [rate], "corrections": 23}, lambda x, **_: x, {})
        >>> view.rates[0].mark, view.facts
        ('better', (('corrections', '23'),))
    """
    told = evidence.get("rates")
    rates = [_rate(x, t, known) for x in (told if isinstance(told, list) else [])[:MOST_RATES]]
    why = evidence.get("why")
    rest = {k: x for k, x in evidence.items() if k not in ("rates", "why")}
    return EvidenceView(
        why=why[:LONGEST_FACT] if isinstance(why, str) else "",
        rates=tuple(x for x in rates if x is not None),
        facts=tuple((_word("fact", k, t, known), x) for k, x in _facts(rest))[:MOST_FACTS],
    )


def _rate(told: Any, t: Words, known: Mapping[str, Any]) -> RateView | None:
    if not isinstance(told, Mapping):
        return None
    live, candidate = _counts(told.get("live")), _counts(told.get("candidate"))
    if live is None or candidate is None:
        return None
    figure, of = str(told.get("figure", "")), str(told.get("set", ""))
    name = f"{_word('figure', figure, t, known)} · {_word('set', of, t, known)}"
    rows = [
        _row(t("models_row_candidate"), candidate, "", t),
        _row(t("models_row_live"), live, "second", t),
    ]
    headings = (
        t("models_figure"),
        t("models_column_share"),
        t("models_column_interval"),
        t("models_column_of"),
    )
    whole = figure in HIGHER_IS_BETTER
    chart = share_intervals(rows, name=name, headings=headings, whole=whole)
    ahead = candidate[0] * live[1] - live[0] * candidate[1]
    gain = ahead if whole else -ahead
    mark = "better" if gain > 0 else "worse" if gain < 0 else "alike"
    return RateView(name, mark, chart)


def _row(name: str, counts: tuple[int, int], style: str, t: Words) -> ShareRow:
    k, n = counts
    low, high = share_interval(k, n)
    aside = t("models_of", k=count_text(k), n=count_text(n))
    return ShareRow(f"{name}: {aside}", k / n, low, high, aside, style)


def _counts(told: Any) -> tuple[int, int] | None:
    if not isinstance(told, list) or len(told) != 2:
        return None
    k, n = told
    if not (isinstance(k, int) and isinstance(n, int)) or not 0 <= k <= n or n < 1:
        return None
    return k, n


def _word(kind: str, name: str, t: Words, known: Mapping[str, Any]) -> str:
    key = f"models_{kind}_{name}"
    return t(key) if key in known else name.replace("_", " ")


def _facts(table: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Plain values, also those one table below."""
    rows = []
    for name, value in table.items():
        word = f"{before}{name}"
        if isinstance(value, Mapping) and not before:
            rows += _facts(value, f"{name}, ")
        elif isinstance(value, bool):
            rows.append((word, "✓" if value else "✗"))
        elif isinstance(value, float):
            rows.append((word, f"{value:.4g}"))
        elif isinstance(value, int | str):
            rows.append((word, str(value)[:LONGEST_FACT]))
    return rows
