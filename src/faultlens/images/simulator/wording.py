"""Names and captions in the languages of the reports."""

from dataclasses import dataclass

from faultlens.core.languages import checked_language


@dataclass(frozen=True)
class Wording:
    """The same words in both languages.

    Args:
        en: in English.
        zh: in Chinese.

    Example:
        >>> Wording("crack", "裂纹").of("zh")
        '裂纹'
    """

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """The words in the language `lang`, "en" or "zh".

        Raises:
            UnknownNameError: another language; the message lists en and zh.

        Example:
            >>> Wording("crack", "裂纹").of("en")
            'crack'
        """
        return {"en": self.en, "zh": self.zh}[checked_language(lang)]
