"""Verdicts as people read them: known labels in the language of the page, others word for word."""


def label_in(verdict: str, language: str) -> str:
    """A verdict in a language.

    Args:
        verdict: label of a finding.
        language: "en" or "zh".

    Example:
        >>> label_in("my own sentence", "zh")
        'my own sentence'
    """
    return verdict
