"""The languages in which results are told."""

from faultlens.core.errors import UnknownNameError

LANGUAGES = ("en", "zh")
"""English and Chinese."""


def checked_language(lang: str) -> str:
    """Return `lang` if results are told in it.

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> checked_language("zh")
        'zh'
    """
    if lang not in LANGUAGES:
        raise UnknownNameError("language", lang, LANGUAGES, advice="Give en or zh.")
    return lang
