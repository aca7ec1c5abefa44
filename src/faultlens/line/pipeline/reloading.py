"""What differs between two versions of line.toml, and what of it a running line can take over."""

from dataclasses import dataclass, replace

from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.pipeline.conditions import Conditions
from faultlens.line.pipeline.station import same_source

FIXED = ("name", "store", "state", "language", "dashboard")
"""What holds until the line is started again."""


@dataclass(frozen=True)
class Change:
    """From one line.toml to the next.

    Args:
        config: the next one, with what is fixed as it was.
        added: sources that are new.
        removed: names of those that are gone.
        opened_again: whose source is another one.
        judged_otherwise: of which only the judging differs: sentences, model, decision.
        fixed: names of what differs and needs a restart.
    """

    config: LineConfig
    added: tuple[SourceConfig, ...] = ()
    removed: tuple[str, ...] = ()
    opened_again: tuple[SourceConfig, ...] = ()
    judged_otherwise: tuple[SourceConfig, ...] = ()
    fixed: tuple[str, ...] = ()


def change(before: LineConfig, after: LineConfig) -> Change:
    """What differs.

    Args:
        before: as the line runs.
        after: as line.toml is now.

    Example:
        >>> from pathlib import Path
        >>> belt = SourceConfig("belt", "folder", None)
        >>> line = LineConfig("press", Path("line.toml"), "sqlite://", Path("state"), (belt,))
        >>> made = change(line, replace(line, sources=(replace(belt, sentences=("dent",)),)))
        >>> [x.sentences for x in made.judged_otherwise], made.opened_again, made.fixed
        ([('dent',)], (), ())
    """
    held = {name: getattr(before, name) for name in FIXED}
    old = {x.name: x for x in before.sources}
    new = {x.name: x for x in after.sources}
    both = [x for x in after.sources if x.name in old and x != old[x.name]]
    return Change(
        config=replace(after, **held),
        added=tuple(x for x in after.sources if x.name not in old),
        removed=tuple(name for name in old if name not in new),
        opened_again=tuple(x for x in both if not same_source(x, old[x.name])),
        judged_otherwise=tuple(x for x in both if same_source(x, old[x.name])),
        fixed=tuple(name for name in FIXED if getattr(before, name) != getattr(after, name)),
    )


def judged_by_another_measure(before: LineConfig, after: LineConfig) -> tuple[str, ...]:
    """Names of the sources whose scores mean something else now, though the model is the same.

    Args:
        before: as the line ran.
        after: as it runs now.

    Example:
        >>> from pathlib import Path
        >>> belt = SourceConfig("belt", "folder", None)
        >>> line = LineConfig("press", Path("line.toml"), "sqlite://", Path("state"), (belt,))
        >>> after = replace(line, sources=(replace(belt, sentences=("dent",)),))
        >>> judged_by_another_measure(line, after)
        ('belt',)
    """
    old = {x.name: _measure(x) for x in before.sources}
    return tuple(x.name for x in after.sources if x.name in old and old[x.name] != _measure(x))


def show_fixed(made: Change, conditions: Conditions) -> None:
    """Show what needs a restart, or that nothing does.

    Args:
        made: the change.
        conditions: of the line.

    Example:
        >>> from pathlib import Path
        >>> belt = SourceConfig("belt", "folder", None)
        >>> line = LineConfig("press", Path("line.toml"), "sqlite://", Path("state"), (belt,))
        >>> conditions = Conditions(lambda event: None)
        >>> show_fixed(change(line, replace(line, store="sqlite:///b.db")), conditions)
        >>> conditions.listed()[0][1]
        'line.toml now has another store; start the line again for that. Everything else ...'
    """
    if not made.fixed:
        conditions.clear("line/restart")
        return
    names = ", ".join(made.fixed)
    conditions.set(
        "line/restart",
        "warning",
        Notice(
            f"{made.config.path.name} now has another {names}; start the line again for that. "
            "Everything else holds already.",
            f"{made.config.path.name} 中的 {names} 已更改；重启产线后生效。其余更改已生效。",
        ),
    )


def applied(name: str) -> Notice:
    """That a changed file holds.

    Args:
        name: of the file.

    Example:
        >>> print(applied("line.toml"))
        The changed line.toml holds from now on.
    """
    return Notice(f"The changed {name} holds from now on.", f"修改后的 {name} 现已生效。")


def _measure(source: SourceConfig) -> tuple[object, ...]:
    decision = source.decision
    judged_by = source.sentences, source.part, source.profile, source.scan
    return (*judged_by, decision.rule, decision.threshold)
