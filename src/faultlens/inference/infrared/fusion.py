"""How visible and infrared are brought together: at which level, with which weight."""

from dataclasses import dataclass

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.notice import Notice

INPUT, FEATURE, DECISION = "input", "feature", "decision"

LEVELS = {
    INPUT: "the infrared is mixed into the picture, and the model looks at that",
    FEATURE: "the model looks at both, and what it says of them is averaged before it is compared "
    "with words",
    DECISION: "the model judges both, and the odds are averaged",
}
"""Level -> what is done there."""

MEAN = 0.5
"""Weight of the infrared where nobody says: the mean of both."""


@dataclass(frozen=True)
class Fusion:
    """How visible and infrared are brought together.

    Args:
        level: "input", "feature" or "decision".
        weight: of the infrared, 0 (it only adds hot spots) to 1 (it alone decides); 0.5 at the
            level "feature" is the mean of both. `learned_fusion` learns it from labelled pairs.

    Raises:
        UnknownNameError: another level.
        UsageError: a weight out of its range.

    Example:
        >>> Fusion("feature")
        Fusion(level='feature', weight=0.5)
    """

    level: str = FEATURE
    weight: float = MEAN

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise UnknownNameError("level of fusion", self.level, LEVELS)
        if not 0 <= self.weight <= 1:
            raise UsageError(
                f"The weight of the infrared is {self.weight:g}; it lies from 0 to 1, such as "
                f"{self.level}:0.3."
            )

    def to_dict(self) -> dict[str, str | float]:
        """The fusion as plain values, as in the JSON of a result."""
        return {"level": self.level, "weight": round(self.weight, 6)}


def fusion_of(words: str) -> Fusion:
    """A fusion as a command line states it: a level, or a level and a weight.

    Args:
        words: such as "feature" or "decision:0.3".

    Raises:
        UnknownNameError: another level.
        UsageError: a weight that is none.

    Example:
        >>> fusion_of("decision:0.3")
        Fusion(level='decision', weight=0.3)
    """
    level, colon, weight = words.strip().partition(":")
    if not colon:
        return Fusion(level)
    try:
        number = float(weight)
    except ValueError:
        raise UsageError(
            f"The weight in '{words}' is no number; write a level and a weight from 0 to 1, such "
            "as feature:0.5."
        ) from None
    return Fusion(level, number)


FUSED_THRESHOLD = Notice(
    en="The alarm threshold was measured without infrared; fused with it, pictures of normal parts "
    "may alarm more or less often than stated.",
    zh="报警阈值是在没有红外的情况下测定的；与红外融合后，正常件的误报可能多于或少于所述。",
)
