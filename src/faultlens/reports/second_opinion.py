"""The training-free rule's verdict beside the learned one's, in words."""

from faultlens.reports.phrases import phrase
from faultlens.reports.view import NO_FAULT, SecondOpinion


def opinion_sentence(opinion: SecondOpinion, lang: str = "en") -> str:
    """The second opinion in one sentence.

    Args:
        opinion: of the rule.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> made = SecondOpinion("builtin/physics@0", "healthy", "healthy", 0.81, False, False)
        >>> opinion_sentence(made)
        'The training-free rule says healthy (0.81): look at the lines before acting.'
    """
    key = "rule_differs"
    if opinion.agrees:
        key = "rule_agrees_in_part" if opinion.in_part else "rule_agrees"
    return _filled(key, opinion, lang)


def opinion_remark(opinion: SecondOpinion, lang: str = "en") -> str:
    """A dissent in a few words, for the row of a table; nothing where both agree.

    Args:
        opinion: of the rule.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> made = SecondOpinion("builtin/physics@0", "healthy", "healthy", 0.81, False, False)
        >>> opinion_remark(made)
        'rule: healthy (0.81)'
    """
    return "" if opinion.agrees else _filled("rule_says", opinion, lang)


def _filled(key: str, opinion: SecondOpinion, lang: str) -> str:
    # The user's own words stay; ours are said in the language of the report.
    own = opinion.verdict in NO_FAULT
    verdict = phrase(opinion.verdict, lang) if own else opinion.verdict
    return phrase(key, lang).format(verdict=verdict, score=f"{opinion.score:.2f}")
