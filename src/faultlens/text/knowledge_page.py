"""The knowledge bases as one page of Markdown, for `docs/knowledge.md`."""

from collections.abc import Sequence

from faultlens.text.defect_sets import load_sets
from faultlens.text.defects import Defect, defect, defect_set, load_defects
from faultlens.text.knowledge import Fault, load_faults


def knowledge_page(
    faults: Sequence[Fault] | None = None, defects: Sequence[Defect] | None = None
) -> str:
    """The page that lists every fault of bearings and every defect of surfaces.

    Args:
        faults: in the order to be printed; None means all of ours.
        defects: in the order to be printed; None means all of ours.

    Example:
        >>> [x for x in knowledge_page().splitlines() if x.startswith(("# ", "## "))]
        ['# What faultlens knows', '## Faults of rolling bearings', '## Defects of metal surfaces']
    """
    shown = load_faults() if faults is None else faults
    found = load_defects() if defects is None else defects
    lines = [
        "# What faultlens knows",
        "",
        "<!-- Written by `make docs` from `src/faultlens/text/faults/` and",
        "`src/faultlens/text/defects/`; edit those, not this. -->",
        "",
        *_bearings(shown),
        *(line for each in shown for line in _section(each)),
        *_surfaces(found),
        *(line for each in found for line in _defect_section(each, found)),
    ]
    return "\n".join(lines) + "\n"


def _bearings(shown: Sequence[Fault]) -> list[str]:
    return [
        "## Faults of rolling bearings",
        "",
        "For recordings (`diagnose`). A sentence given to `--faults` is matched to these faults",
        "by their names and phrases, in English or Chinese, and by the parts and states that it",
        "names.",
        "",
        "| key | name | 名称 | lines |",
        "|---|---|---|---|",
        *(
            f"| `{each.key}` | {each.names.en} | {each.names.zh} | "
            f"{', '.join(each.families) or 'none'} |"
            for each in shown
        ),
    ]


def _section(each: Fault) -> list[str]:
    return [
        "",
        f"### {each.names.en} · {each.names.zh}",
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


def _surfaces(shown: Sequence[Defect]) -> list[str]:
    return [
        "",
        "## Defects of metal surfaces",
        "",
        "For pictures (`inspect`). Any sentence may be given to `--defects`; one that names a",
        'defect below is understood as it, also with what it denies ("not a scratch, but a crack")',
        "and with sizes and places, which are measured on the picture. Without `--defects`, the",
        "set of the `--part` is asked for.",
        "",
        "| part | 零件 | words that pick it | defects |",
        "|---|---|---|---|",
        *(
            f"| {name} | {each.names.zh} | {', '.join((*each.words.en, *each.words.zh))} | "
            f"{', '.join(x.names.en for x in defect_set(name, shown))} |"
            for name, each in load_sets().items()
        ),
    ]


def _defect_section(each: Defect, known: Sequence[Defect]) -> list[str]:
    like = [defect(key, known).names for key in each.confusable]
    return [
        "",
        f"### {each.names.en} · {each.names.zh} (`{each.key}`)",
        "",
        f"- Looks: {each.look.en}; {each.size.en}; {each.colour.en}",
        f"- 外观：{each.look.zh}；{each.size.zh}；{each.colour.zh}",
        f"- Prompts: {'; '.join((*each.prompts_basic.en, *each.prompts_optimised.en))}",
        f"- 提示词：{'；'.join((*each.prompts_basic.zh, *each.prompts_optimised.zh))}",
        *([f"- Looks like: {'; '.join(f'{x.en} · {x.zh}' for x in like)}"] if like else []),
        f"- Causes: {'; '.join(each.causes.en)}",
        f"- 原因：{'；'.join(each.causes.zh)}",
        f"- Action: {each.action.en} · {each.action.zh}",
        f"- Also called: {'; '.join(each.synonyms.en)}",
        f"- 又称：{'；'.join(each.synonyms.zh)}",
        f"- Source: {'; '.join(each.source)}",
    ]
