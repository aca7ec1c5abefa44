"""Bearing and speed of a recording in a few words, as the foot of a picture and a page say them."""

from faultlens.reports.phrases import phrase
from faultlens.reports.view import SignalView


def machine_words(view: SignalView, lang: str = "en") -> tuple[str, ...]:
    """The bearing, or what stood in for it, and what is known of the speed.

    Args:
        view: the recording.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> import numpy as np
        >>> x = np.zeros(2)
        >>> view = SignalView("a.csv", x, x, "healthy", "healthy", "", False, 0.9, (),
        ...                   bearing="6205", stated_rpm=1772.0)
        >>> machine_words(view)
        ('bearing 6205', 'stated 1772 rpm')
    """
    told = [_bearing(view, lang)]
    if view.stated_rpm is not None:
        told.append(phrase("speed_stated", lang).format(rpm=view.stated_rpm))
    if view.measured_rpm is not None:
        told.append(phrase("speed_measured", lang).format(rpm=view.measured_rpm))
    if view.stated_rpm is None and view.measured_rpm is None:
        told.append(phrase("speed_unknown", lang))
    return tuple(told)


def _bearing(view: SignalView, lang: str) -> str:
    if view.bearing is not None:
        return phrase("bearing_named", lang).format(bearing=view.bearing)
    if view.fitted_elements is not None:
        return phrase("bearing_fitted", lang).format(elements=view.fitted_elements)
    return phrase("bearing_unknown", lang)
