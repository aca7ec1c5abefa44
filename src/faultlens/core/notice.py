"""A warning, or a part of one, said in every language of the reports where it is made."""

from collections.abc import Iterable
from dataclasses import dataclass

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language


@dataclass(frozen=True)
class Notice:
    """One thing that a careful engineer would want to know, said in both languages.

    Args:
        en: in English.
        zh: in Chinese.

    Example:
        >>> print(Notice("The signal is clipped.", "信号有削波。"))
        The signal is clipped.
    """

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """The words in the language `lang`, "en" or "zh".

        Raises:
            UnknownNameError: another language; the message lists en and zh.

        Example:
            >>> Notice("The signal is clipped.", "信号有削波。").of("zh")
            '信号有削波。'
        """
        return {"en": self.en, "zh": self.zh}[checked_language(lang)]

    def __str__(self) -> str:
        return self.en


def refuse_plain_text(warnings: str | Iterable[object]) -> None:
    """Refuse a warning that is said in one language only, where a record is made of it.

    Args:
        warnings: what the maker of a record gave as its warnings.

    Raises:
        UsageError: one of them is plain text.

    Example:
        >>> refuse_plain_text(["The signal is clipped."])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The warning 'The signal is clipped.' is plain text; ...
    """
    for warning in [warnings] if isinstance(warnings, str) else warnings:
        if isinstance(warning, str):
            raise UsageError(
                f"The warning '{warning}' is plain text; warnings are said in both languages: "
                "warnings=(Notice(en='...', zh='...'),) with Notice from faultlens.core.notice."
            )
