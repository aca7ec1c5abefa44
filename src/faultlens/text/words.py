"""Words that are said in both languages of the knowledge bases."""

from dataclasses import dataclass

from faultlens.core.languages import checked_language


@dataclass(frozen=True)
class Words:
    """One text in both languages.

    Args:
        en: in English.
        zh: in Chinese.
    """

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """The text in the language `lang`, "en" or "zh".

        Raises:
            UnknownNameError: another language.

        Example:
            >>> Words("cage fault", "保持架故障").of("zh")
            '保持架故障'
        """
        return {"en": self.en, "zh": self.zh}[checked_language(lang)]


@dataclass(frozen=True)
class WordLists:
    """Several texts in each language; the two lists need not correspond.

    Args:
        en: in English.
        zh: in Chinese.
    """

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def of(self, lang: str) -> tuple[str, ...]:
        """The texts in the language `lang`, "en" or "zh".

        Raises:
            UnknownNameError: another language.

        Example:
            >>> WordLists(("cage",), ("保持架", "保持器")).of("zh")
            ('保持架', '保持器')
        """
        return {"en": self.en, "zh": self.zh}[checked_language(lang)]
