"""Verdicts as people read them: known labels in the language of the page, others word for word."""

from functools import cache

_ALWAYS = {
    "healthy": "健康",
    "no defect": "无缺陷",
    "unknown": "未知",
    "imbalance": "不平衡",
    "misalignment": "不对中",
}
"""Labels that no file of the knowledge base names, or not as a verdict."""


def label_in(verdict: str, language: str) -> str:
    """A verdict in a language.

    Args:
        verdict: label of a finding.
        language: "en" or "zh".

    Example:
        >>> label_in("crack", "zh"), label_in("裂纹", "en"), label_in("my own sentence", "zh")
        ('裂纹', 'crack', 'my own sentence')
    """
    return _names(language).get(verdict, verdict)


@cache
def _names(language: str) -> dict[str, str]:
    from faultlens.text.defects import load_defects
    from faultlens.text.knowledge import load_faults

    known = [*(x.names for x in load_faults()), *(x.names for x in load_defects())]
    pairs = {**{x.en: x.zh for x in known}, **_ALWAYS}
    # Of two faults with one name in a language the first counts; either says what is meant.
    return pairs if language == "zh" else {zh: en for en, zh in reversed(pairs.items())}
