"""The knowledge base as one page of Markdown, for `docs/knowledge.md`."""

from collections.abc import Sequence

from faultlens.text.knowledge import Fault, load_faults


def knowledge_page(faults: Sequence[Fault] | None = None) -> str:
    """The page that lists every fault with its names, signature, causes and actions.

    Args:
        faults: in the order to be printed; None means all of ours.

    Example:
        >>> knowledge_page().splitlines()[0]
        '# What faultlens knows about bearing faults'
    """
    shown = load_faults() if faults is None else faults
    head = [
        "# What faultlens knows about bearing faults",
        "",
        "<!-- Written by `make docs` from `src/faultlens/text/faults/`; edit that, not this. -->",
        "",
        "A sentence given to `--faults` is matched to these faults by their names and phrases, in",
        "English or Chinese, and by the parts and states that it names.",
        "",
        "| key | name | 名称 | lines |",
        "|---|---|---|---|",
        *(
            f"| `{each.key}` | {each.names.en} | {each.names.zh} | "
            f"{', '.join(each.families) or 'none'} |"
            for each in shown
        ),
    ]
    return "\n".join([*head, *(line for each in shown for line in _section(each))]) + "\n"


def _section(each: Fault) -> list[str]:
    return [
        "",
        f"## {each.names.en} · {each.names.zh}",
        "",
        each.signature.en,
        "",
        each.signature.zh,
        "",
        f"- Causes: {'; '.join(each.causes.en)}",
        f"- 原因：{'；'.join(each.causes.zh)}",
        *(f"- Action, {level}: {action.en} · {action.zh}" for level, action in each.actions),
        f"- Also called: {'; '.join((*each.synonyms.en, *each.phrases.en))}",
        f"- 又称：{'；'.join((*each.synonyms.zh, *each.phrases.zh))}",
        f"- Source: {'; '.join(each.source)}",
    ]
