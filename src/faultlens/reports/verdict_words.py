"""A joined verdict in words: its sentence and its reasons, in every report language."""

from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.verdict_view import FAULT, HEALTHY, INFRARED, UNKNOWN, SensorRow, VerdictView
from faultlens.reports.wording import PROBABLE_FROM, certainty_key

DIFFERS_FROM = 0.005
"""Difference of two probabilities that shows when both are told with two digits."""


def joined_sentence(view: VerdictView) -> str:
    """The joined verdict in one sentence: what, how certain, what each sensor says, what to do.

    Args:
        view: the verdict.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> row = SensorRow("vibration", "a.csv", "fault", "cage fault", 0.97, True, 0.98, 0.9,
        ...                 0.01, 0.98)
        >>> view = VerdictView("pump 7", "cage fault", "fault", 0.97, True, 0.98, 0.9, 0.98, 0.98,
        ...                    0.01, 0, (row,), ())
        >>> joined_sentence(view)
        'Cage fault, certain: vibration alarms: cage fault (0.97); no other sensor was there.'
    """
    lang = view.lang
    clauses = [_clause(x, lang) for x in view.rows]
    clauses += [verdict_phrase(x, lang, count=_agreeing(view)) for x in _relations(view)]
    if len(view.rows) > 1:
        healthy = view.says == HEALTHY
        chance = 1 - view.alarm_score if healthy else view.alarm_score
        key = "healthy_together" if healthy else "together"
        clauses.append(verdict_phrase(key, lang, score=two_digits(chance)))
    clauses += [view.action] if view.action else []
    sentence = verdict_phrase(
        _kind_of_sentence(view),
        lang,
        label=view.verdict,
        certainty=verdict_phrase(_certainty(view), lang),
        clauses=verdict_phrase("joint", lang).join(clauses),
    )
    return sentence[0].upper() + sentence[1:]


def joined_reasons(view: VerdictView) -> tuple[str, ...]:
    """Why it is so: each sensor, how they stand to each other, the probability and the alarm.

    Args:
        view: the verdict.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> row = SensorRow("picture", "a.png", "healthy", "no defect", 0.9, False, 0.1, 0.7,
        ...                 0.01, 0.1)
        >>> view = VerdictView("pump 7", "no defect", "healthy", 0.9, False, 0.1, 0.7, 0.1, 0.1,
        ...                    0.01, 0, (row,), ())
        >>> for reason in joined_reasons(view):
        ...     print(reason)
        The picture finds nothing (no defect 0.90).
        No other sensor was there.
        Together the probability of a fault is 0.10.
        It does not alarm: no sensor alarms by its own threshold.
        Of sound assets at most 1 % alarm: the sum over the sensors, ...
    """
    lang = view.lang
    told = [_clause(x, lang) for x in view.rows]
    told += [verdict_phrase(x, lang, count=_agreeing(view)) for x in _relations(view)]
    stop = "。" if lang == "zh" else "."
    reasons = [f"{x[0].upper()}{x[1:]}{stop}" for x in told]
    return (*reasons, _range(view), *_alarm(view))


def two_digits(probability: float) -> str:
    """A probability as it is told: never 1.00 or 0.00 where it is not.

    Args:
        probability: 0 to 1.

    Example:
        >>> two_digits(0.5), two_digits(0.9991), two_digits(0.001)
        ('0.50', '>0.99', '<0.01')
    """
    if 0.995 <= probability < 1:
        return ">0.99"
    return "<0.01" if 0 < probability < 0.005 else f"{probability:.2f}"


def score_of(row: SensorRow) -> str:
    """The score of a sensor's verdict as it is told; a dash where it knows nothing.

    Args:
        row: of the sensor.

    Example:
        >>> score_of(SensorRow("picture", "a.png", "healthy", "", 0.9, False, 0.1, None, None, 0.1))
        '0.90'
    """
    return "–" if row.unknown >= 1 else two_digits(row.score)


def who(row: SensorRow, lang: str = "en") -> str:
    """A sensor by its kind; with its file where another of its kind is there.

    Args:
        row: of the sensor.
        lang: "en" or "zh".

    Example:
        >>> who(SensorRow("picture", "a.png", "healthy", "", 0.9, False, 0.1, None, None, 0.1))
        'the picture'
    """
    kind = verdict_phrase(row.kind, lang)
    return verdict_phrase("named", lang, kind=kind, name=row.name) if row.told_by_name else kind


def _clause(row: SensorRow, lang: str) -> str:
    verdict = row.verdict
    if row.delta_celsius is not None and row.says == FAULT:
        verdict = verdict_phrase("hotter", lang, verdict=verdict, delta=f"{row.delta_celsius:.0f}")
    if row.deviation_mm is not None and row.says == FAULT:
        # Here, because most verdicts join no scan.
        from faultlens.reports.measurement_words import length_of

        size = length_of(abs(row.deviation_mm), row.deviation_mm_u95)
        key = "deep" if row.deviation_mm < 0 else "high"
        verdict = verdict_phrase(key, lang, verdict=verdict, size=size)
    if not row.told_apart:
        key = "alarms_untold" if row.alarm else "untold"
    elif row.says == UNKNOWN and row.kind == INFRARED:
        key = "rules_nothing_out"
    elif row.says == UNKNOWN:
        key = "alarms_unnamed" if row.alarm else "cannot_say"
    elif row.says == FAULT:
        key = "alarms" if row.alarm else "shows"
    else:
        key = "finds_nothing"
    return verdict_phrase(
        key, lang, who=who(row, lang), verdict=verdict, score=two_digits(row.score)
    )


def _relations(view: VerdictView) -> list[str]:
    rows = view.rows
    if len(rows) == 1:
        return ["alone"]
    ill = [x for x in rows if x.says == FAULT or x.alarm]
    well = [x for x in rows if x.says == HEALTHY]
    found = []
    if len(ill) > 1:
        found.append("agree")
    if len(well) == len(rows):
        found.append("agree_healthy")
    kinds = {x.kind for x in ill}
    if any(x.kind in kinds for x in well):
        found.append("contradict")
    elif ill and well:
        found.append("not_ruled_out")
    if any(
        len({x.verdict for x in ill if x.kind == kind and x.says == FAULT}) > 1 for kind in kinds
    ):
        found.append("names_differ")
    return found


def _agreeing(view: VerdictView) -> int:
    return sum(view.says == HEALTHY or x.says == FAULT or x.alarm for x in view.rows)


def _kind_of_sentence(view: VerdictView) -> str:
    if view.says == UNKNOWN and not view.alarm:
        return "unknown_sentence"
    if view.says == HEALTHY:
        return "healthy_sentence" if view.probability >= PROBABLE_FROM else "doubtful_sentence"
    return "alarm_sentence" if view.alarm else "below_sentence"


def _certainty(view: VerdictView) -> str:
    # A fault that does not alarm is never called certain, however strict the threshold.
    key = certainty_key(view.probability)
    return "probable" if key == "certain" and not view.alarm else key


def _range(view: VerdictView) -> str:
    score = two_digits(view.alarm_score)
    if abs(view.if_own_faults - view.if_one_fault) < DIFFERS_FROM:
        return verdict_phrase("no_range", view.lang, score=score)
    return verdict_phrase(
        "range",
        view.lang,
        score=score,
        one=two_digits(view.if_one_fault),
        own=two_digits(view.if_own_faults),
    )


def _alarm(view: VerdictView) -> list[str]:
    lang, rate = view.lang, view.false_alarm_rate
    if view.visits:
        return [
            verdict_phrase(
                "alarm_by_visits", lang, threshold=two_digits(view.threshold), visits=view.visits
            ),
            verdict_phrase("rate_of_visits", lang, rate=f"{100 * (rate or 0):.3g}"),
        ]
    names = [who(x, lang) for x in view.rows if x.alarm]
    rule = "alarm_by_sensors" if view.alarm else "no_alarm_by_sensors"
    rated = "rate_unknown" if rate is None else "rate_of_sensors"
    return [
        verdict_phrase(rule, lang, who=verdict_phrase("and", lang).join(names)),
        verdict_phrase(rated, lang, rate=f"{100 * (rate or 0):.3g}"),
    ]
