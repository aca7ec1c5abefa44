"""Reads rules of severity from TOML; an error lists every fault of the file."""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from math import isfinite
from pathlib import Path

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.profiles.severity_rules import (
    ACCEPT,
    POLICIES,
    SEVERITIES,
    SIMPLE,
    SIZES,
    SeverityRule,
    SeverityRules,
    SizeLimit,
)
from faultlens.surfaces.defects.defect import DEPRESSION, PROTRUSION
from faultlens.text.defect_sentences import understood_defects
from faultlens.text.scan_shapes import scan_defects

SAMPLE = "sample"
"""Name of the rules that faultlens brings along, to be copied and changed."""

FORMAT = 1

LARGEST_BYTES = 1_000_000

MOST_RULES = 1_000

UNKNOWN = "unknown"

COMPARISONS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}

_TOP = ("format", "uncertainty", "otherwise", "rule")
_OF_RULE = ("name", "severity", "defects", "kind", "count", *SIZES)


def sample_rules() -> str:
    """The text of the sample, with what every field means.

    Example:
        >>> sample_rules().startswith("# Rules of severity")
        True
    """
    return (files("faultlens.profiles") / "severity.toml").read_text(encoding="utf-8")


def read_severity_rules(path: str | Path) -> SeverityRules:
    """Read rules of severity.

    Args:
        path: a TOML file; "sample" for the one that faultlens brings along.

    Raises:
        UnreadableFileError: no such file, too large, or no TOML.
        UsageError: rules that cannot be; the message lists every fault.

    Example:
        >>> rules = read_severity_rules("sample")
        >>> rules.rules[0].name, rules.rules[0].severity, rules.policy
        ('any crack', 'scrap', 'simple acceptance')
    """
    if str(path) == SAMPLE:
        return parsed_rules(sample_rules(), SAMPLE)
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise UnreadableFileError(f"{path} is larger than 1 MB; rules are a page of text.")
        text = data.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadableFileError(
            f"{path} cannot be read as rules of severity: {reason}. Give a TOML file, or 'sample'."
        ) from error
    return parsed_rules(text, str(path))


def parsed_rules(text: str, name: str = "rules") -> SeverityRules:
    """Rules of severity from their text.

    Args:
        text: TOML.
        name: of the file, for results and messages.

    Raises:
        UnreadableFileError: no TOML.
        UsageError: rules that cannot be; the message lists every fault.

    Example:
        >>> parsed_rules("format = 1\\n[[rule]]\\nname = 'x'\\nseverity = 'bad'\\ndeep = 3")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: rules: 2 faults.
          rule 1 'x': its severity is 'bad'; it must be one of accept, rework, scrap.
          rule 1 'x': it has an unknown field 'deep'; known: name, severity, defects, kind, ...
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"{name} is not TOML: {error}.") from error
    faults: list[str] = []
    _unknown(table, _TOP, "the file", faults)
    if table.get("format") != FORMAT:
        faults.append(
            f"the file: its format is {table.get('format')!r}; this faultlens reads format "
            f"{FORMAT}: begin with format = {FORMAT}."
        )
    policy = _one_of(table, "uncertainty", POLICIES, SIMPLE, "the file", faults)
    otherwise = _one_of(table, "otherwise", SEVERITIES, ACCEPT, "the file", faults)
    given = table.get("rule", [])
    if not isinstance(given, list) or not given:
        faults.append("the file: it holds no rule; a rule begins with [[rule]].")
        given = []
    if len(given) > MOST_RULES:
        faults.append(f"the file: it holds {len(given)} rules; at most {MOST_RULES} are read.")
        given = []
    rules = [_rule(x, number, faults) for number, x in enumerate(given, start=1)]
    faults += _never_reached(rules)
    if faults:
        told = "\n  ".join(dict.fromkeys(faults))
        raise UsageError(f"{name}: {len(faults)} fault{'' if len(faults) == 1 else 's'}.\n  {told}")
    return SeverityRules(tuple(rules), otherwise, policy, Path(name).name, text)


def _rule(given: object, number: int, faults: list[str]) -> SeverityRule:
    where = f"rule {number}"
    if not isinstance(given, Mapping):
        faults.append(f"{where}: it is no table; a rule begins with [[rule]].")
        return SeverityRule(where, ACCEPT)
    name = given.get("name", "")
    if not (isinstance(name, str) and name.strip()):
        faults.append(f"{where}: it has no name; results say by their names which rule decided.")
        name = ""
    where = f"{where} '{name.strip()}'" if name else where
    if "severity" not in given:
        faults.append(f"{where}: it has no severity; say {', '.join(SEVERITIES)}.")
    severity = _one_of(given, "severity", SEVERITIES, ACCEPT, where, faults)
    kind = _one_of(given, "kind", (DEPRESSION, PROTRUSION), "", where, faults)
    _unknown(given, _OF_RULE, where, faults)
    classes, keys = _classes(given.get("defects"), where, faults)
    limits = [y for x in SIZES if x in given for y in _limits(x, given[x], where, faults)]
    count = given.get("count", 1)
    if type(count) is not int or not 1 <= count <= 1_000_000:
        faults.append(f"{where}: its count is {count!r}; it must be a whole number from 1.")
        count = 1
    return SeverityRule(name.strip(), severity, classes, keys, kind or None, tuple(limits), count)


def _classes(
    given: object, where: str, faults: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if given is None:
        return (), ()
    words = [given] if isinstance(given, str) else given
    if not isinstance(words, list) or not words or not all(type(x) is str for x in words):
        faults.append(f"{where}: its defects are {given!r}; give words, such as ['scratch'].")
        return (), ()
    keys = []
    for each in words:
        if each.strip().casefold() == UNKNOWN:
            keys.append(UNKNOWN)
            continue
        try:
            (asked,) = understood_defects([each], scan_defects())
        except UsageError as error:
            faults.append(f"{where}: {error}")
            continue
        if asked.conditions:
            faults.append(
                f"{where}: '{each}' states '{asked.conditions[0].words}'; give sizes as limits, "
                "such as depth_mm.at_least = 0.1."
            )
        if asked.means_no_defect:
            faults.append(f"{where}: '{each}' means that nothing is wrong; name a defect.")
        # What the knowledge base does not know can still be the very words of a sentence asked.
        keys.append(each.strip().casefold() if asked.defect is None else asked.defect.key)
    return tuple(words), tuple(keys)


def _limits(size: str, given: object, where: str, faults: list[str]) -> Iterator[SizeLimit]:
    example = f"{size}.at_least = 0.1"
    if not isinstance(given, Mapping) or not given:
        faults.append(f"{where}: its {size} is {given!r}; give a limit, such as {example}.")
        return
    _unknown(given, tuple(COMPARISONS), f"{where}, {size}", faults)
    low, high = 0.0, float("inf")
    for name, limit in given.items():
        if name not in COMPARISONS:
            continue
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not isfinite(limit):
            faults.append(f"{where}: its {size}.{name} is {limit!r}; it must be a number.")
            continue
        if limit < 0:
            faults.append(f"{where}: its {size}.{name} is {limit:g}; sizes are positive.")
        comparison = COMPARISONS[name]
        low = max(low, limit) if comparison[0] == ">" else low
        high = min(high, limit) if comparison[0] == "<" else high
        yield SizeLimit(size, comparison, float(limit))
    if low > high:
        faults.append(f"{where}: no {size} is at least {low:g} and at most {high:g}.")


def _never_reached(rules: list[SeverityRule]) -> Iterator[str]:
    """Rules that an earlier one leaves nothing for: most likely in the wrong order."""
    for number, rule in enumerate(rules, start=1):
        for before, earlier in enumerate(rules[: number - 1], start=1):
            takes_all = (
                earlier.count == 1
                and earlier.kind in (None, rule.kind)
                and (not earlier.keys or (bool(rule.keys) and set(rule.keys) <= set(earlier.keys)))
                and all(any(_implies(x, y) for x in rule.limits) for y in earlier.limits)
            )
            if takes_all and not (earlier.classes and not earlier.keys):
                yield (
                    f"rule {number} '{rule.name}': it never decides, since rule {before} "
                    f"'{earlier.name}' takes all of it; put it before that one, or leave it out."
                )
                break


def _implies(limit: SizeLimit, other: SizeLimit) -> bool:
    """Whether every size that meets the first bound meets the other one as well."""
    same = limit.size == other.size and limit.comparison[0] == other.comparison[0]
    if not same:
        return False
    if limit.limit == other.limit:
        return len(limit.comparison) <= len(other.comparison)  # ">" is the narrower one
    return (limit.limit > other.limit) == (limit.comparison[0] == ">")


def _one_of(
    table: Mapping[str, object],
    key: str,
    allowed: tuple[str, ...],
    otherwise: str,
    where: str,
    faults: list[str],
) -> str:
    value = table.get(key, otherwise)
    if isinstance(value, str) and (value in allowed or value == otherwise):
        return value
    faults.append(f"{where}: its {key} is {value!r}; it must be one of {', '.join(allowed)}.")
    return otherwise


def _unknown(
    table: Mapping[str, object], known: tuple[str, ...], where: str, faults: list[str]
) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            nearest = f" (nearest: {near[0]})" if near else ""
            faults.append(
                f"{where}: it has an unknown field '{key}'{nearest}; known: {', '.join(known)}."
            )
