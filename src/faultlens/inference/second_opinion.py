"""The training-free rule beside the learned model: what it says, and where the two disagree."""

from collections.abc import Sequence

from faultlens.core.languages import LANGUAGES
from faultlens.core.notice import Notice
from faultlens.inference.telling import meant
from faultlens.inference.weighing import Verdict, weigh
from faultlens.inputs.vibration import VibrationInput
from faultlens.models import shipped
from faultlens.models.training_free import families_of, place_of
from faultlens.reports.phrases import phrase
from faultlens.reports.view import NO_FAULT, SecondOpinion
from faultlens.runtimes.judge import AbstractJudge
from faultlens.runtimes.judges import judge_named
from faultlens.signals.evidence import FAMILIES
from faultlens.text.knowledge import load_faults
from faultlens.text.matching import MatchedFault


def second_opinion(
    judge: AbstractJudge, verdict: Verdict, asked: Sequence[MatchedFault], ready: VibrationInput
) -> SecondOpinion | None:
    """What the rule says of a recording that a learned model judged.

    Args:
        judge: who judged first.
        verdict: its verdict.
        asked: the sentences asked for.
        ready: what was read of the recording.

    Returns:
        None where the rule itself judged, where it lacks the speed or the bearing, or where it has
        nothing to say: of words of the user's own that show in no line.

    Example:
        >>> from faultlens.inference.diagnose import diagnose
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=4.0, seed=3, snr_db=5.0)
        >>> diagnose(made.signal).second_opinion  # what this function made of it
        SecondOpinion(model='builtin/physics@...', verdict='outer race fault', ... agrees=True, ...
    """
    rule = judge_named(shipped.NAME)
    if judge.reference == rule.reference or ready.evidence is None or ready.bearing is None:
        return None
    known = _by_lines(asked)
    if all(x.fault.is_healthy for x in known):
        return None
    judgement = rule.judge(ready, [x.fault for x in known])
    other = weigh(known, judgement.odds, ready, judgement.alarm_threshold)
    best = verdict.best
    mine = frozenset(meant(asked, best.fault).families if best.is_fault else ())
    its = _families(other.best.fault)
    if best.is_fault and not mine and not its:
        return None
    same = verdict.best.fault == other.best.fault
    return SecondOpinion(
        model=rule.reference,
        verdict=other.best.label,
        fault=other.best.fault,
        score=other.probability,
        alarm=other.alarm,
        agrees=same or not mine.isdisjoint(its),
        in_part=not same and not mine.isdisjoint(its),
    )


def disagreement(verdict: Verdict, opinion: SecondOpinion | None) -> tuple[Notice, ...]:
    """What to look at where model and rule say different things.

    Args:
        verdict: of the learned model.
        opinion: of the rule.

    Example:
        >>> from faultlens.inference.findings import Finding
        >>> best = Finding("inner race fault", 0.97, "inner_race", (0.0, 4.0))
        >>> rule = SecondOpinion("builtin/physics@0", "healthy", "healthy", 0.81, False, False)
        >>> print(*disagreement(Verdict((best,), best, True), rule))
        The learned model says inner race fault (0.97), the training-free rule says healthy (0.81).
        Look at the lines of the inner race in the picture before acting: ...
    """
    if opinion is None or opinion.agrees:
        return ()
    both = _families(verdict.best.fault) | _families(opinion.fault)
    families = [x for x in FAMILIES if x in both]
    mine, mine_zh = (_shown(verdict.best.label, lang) for lang in LANGUAGES)
    its, its_zh = (_shown(opinion.verdict, lang) for lang in LANGUAGES)
    lines, lines_zh = (_listed(families, lang) for lang in LANGUAGES)
    first, second = verdict.probability, opinion.score
    if not families:
        # Neither names a fault: there are no lines to look at.
        return (
            Notice(
                en=f"The learned model says {mine} ({first:.2f}), the training-free rule says "
                f"{its} ({second:.2f}). Neither names a fault: measure again soon and follow the "
                "trend.",
                zh=f"学习模型的结论为{mine_zh}（{first:.2f}），免训练规则的结论为{its_zh}"
                f"（{second:.2f}）。二者均未指出故障：请尽快复测并跟踪趋势。",
            ),
        )
    return (
        Notice(
            en=f"The learned model says {mine} ({first:.2f}), the training-free rule says {its} "
            f"({second:.2f}). Look at the lines of the {lines} in the picture before acting: "
            "harmonics that stand out in most windows speak for that fault; where none do, measure "
            "again.",
            zh=f"学习模型的结论为{mine_zh}（{first:.2f}），免训练规则的结论为{its_zh}"
            f"（{second:.2f}）。采取措施前请在图中查看{lines_zh}谱线：若其谐波在多数窗口中突出，"
            "则支持该故障；若均不突出，请复测。",
        ),
    )


def unsupported(verdict: Verdict, ready: VibrationInput) -> tuple[Notice, ...]:
    """Where a fault is named without a stated bearing, and no line shown speaks for it.

    Args:
        verdict: of the learned model.
        ready: what was read of the recording.

    Example:
        >>> from faultlens.inputs.vibration import prepare_vibration
        >>> from faultlens.inference.findings import Finding
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> made = simulate((), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=2.0, seed=3)
        >>> best = Finding("healthy", 0.97, "healthy", (0.0, 2.0))
        >>> unsupported(Verdict((best,), best, False), prepare_vibration(made.signal))
        ()
    """
    fitted = ready.bearing is None and ready.evidence is not None
    if not fitted or not verdict.best.is_fault:
        return ()
    if any(x.matched_harmonics for x in verdict.best.evidence):
        return ()
    return (
        Notice(
            en="No line of the geometry that fits best speaks for this verdict; it rests on the "
            "spectrum as a whole. State the bearing before acting.",
            zh="在拟合最好的几何参数下没有谱线支持该结论，结论只依据整个谱图。"
            "采取措施前请给出轴承型号。",
        ),
    )


def _by_lines(asked: Sequence[MatchedFault]) -> list[MatchedFault]:
    """What the rule can be asked: words that are kinds of a fault, as that fault."""
    known = {place_of(x): x for x in load_faults()}
    return [
        MatchedFault(x.sentence, known[families]) if x.fault.is_word else x
        for x in asked
        if (families := families_of(x.fault)) in known and (families or x.fault.is_healthy)
    ]


def _families(key: str) -> frozenset[str]:
    """Families of lines of a fault; none of what is no fault, or a word of the user's own."""
    return frozenset(next((x.families for x in load_faults() if x.key == key), ()))


def _shown(label: str, lang: str) -> str:
    return phrase(label, lang) if label in NO_FAULT else label


def _listed(families: Sequence[str], lang: str) -> str:
    return phrase("and", lang).join(phrase(x, lang) for x in families)
