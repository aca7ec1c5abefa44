"""The fixed words of figures and pages, one row per phrase, in every report language."""

from collections.abc import Mapping

from faultlens.core.errors import UnknownNameError
from faultlens.core.languages import checked_language

PHRASES: dict[str, dict[str, str]] = {
    # axes and panels
    "waveform": {"en": "Waveform", "zh": "时域波形"},
    "time_s": {"en": "Time (s)", "zh": "时间（s）"},
    "modulation_spectrum": {"en": "Modulation spectrum", "zh": "调制谱"},
    "matched": {"en": "matched", "zh": "已匹配"},
    # the result
    "verdict": {"en": "Verdict", "zh": "诊断结论"},
    "score": {"en": "Score", "zh": "概率"},
    "action_doubtful": {
        "en": "not clear enough to rest: measure again soon and follow the trend",
        "zh": "结论不够明确：尽快复测，并跟踪趋势",
    },
    "action_unasked": {
        "en": "ask without naming faults to hear which fault it is",
        "zh": "不指定故障重新诊断，以查明是何种故障",
    },
    "action_unlike": {
        "en": "measure again; if it stays so, train the model on such recordings too",
        "zh": "重新测量；若仍如此，请将此类记录加入模型训练",
    },
    "unlike_training": {
        "en": "it is like nothing that the model was trained on, or like what was not asked for",
        "zh": "与模型训练过的类别都不相似，或属于未被询问的类别",
    },
    "action_unknown": {
        "en": "check speed and bearing number and measure again; follow the trend",
        "zh": "核对转速和轴承型号后重新测量，并跟踪趋势",
    },
    "ambiguous_with_shaft": {
        "en": "The {families} lines could as well be harmonics of the shaft.",
        "zh": "{families}谱线也可能是转频谐波。",
    },
    "healthy": {"en": "healthy", "zh": "正常"},
    "unknown": {"en": "unknown", "zh": "无法判定"},
    "any_fault": {"en": "any fault asked for", "zh": "所问的任一故障"},
    "and": {"en": " and ", "zh": "和"},
    "unasked": {
        "en": "lines of the {families} stand out, which was not asked for",
        "zh": "{families}谱线突出，但未被询问",
    },
    "second_opinion": {"en": "Second opinion", "zh": "规则复核"},
    "rule_agrees": {
        "en": "The training-free rule agrees: {verdict}, {score}.",
        "zh": "免训练规则的结论一致：{verdict}，{score}。",
    },
    "rule_agrees_in_part": {
        "en": "The training-free rule agrees in part: {verdict}, {score}.",
        "zh": "免训练规则的结论部分一致：{verdict}，{score}。",
    },
    "rule_differs": {
        "en": "The training-free rule says {verdict} ({score}): look at the lines before acting.",
        "zh": "免训练规则的结论为{verdict}（{score}）：采取措施前请先查看谱线。",
    },
    "rule_says": {"en": "rule: {verdict} ({score})", "zh": "规则：{verdict}（{score}）"},
    "alarm": {"en": "Alarm", "zh": "报警"},
    "no_alarm": {"en": "No alarm", "zh": "未报警"},
    "threshold": {"en": "Alarm threshold", "zh": "报警阈值"},
    "findings": {"en": "Findings", "zh": "诊断结果"},
    "evidence": {"en": "Evidence", "zh": "诊断依据"},
    "severity": {"en": "Severity", "zh": "严重程度"},
    "warnings": {"en": "Warnings", "zh": "注意事项"},
    "action": {"en": "Recommended action", "zh": "处理建议"},
    "zone": {"en": "ISO 20816-3 zone (machine)", "zh": "ISO 20816-3 区域（整机）"},
    # the recording
    "file": {"en": "File", "zh": "文件"},
    "bearing": {"en": "Bearing", "zh": "轴承型号"},
    "speed": {"en": "Shaft speed", "zh": "转速"},
    # families of lines
    "outer": {"en": "outer race", "zh": "外圈"},
    "inner": {"en": "inner race", "zh": "内圈"},
    "ball": {"en": "ball", "zh": "滚动体"},
    "cage": {"en": "cage", "zh": "保持架"},
    "shaft": {"en": "shaft", "zh": "转轴"},
    # the picture of one recording
    "line_strength": {"en": "line strength (nats)", "zh": "谱线强度（nat）"},
    "matched_line": {"en": "matched line", "zh": "已匹配谱线"},
    "sideband": {"en": "sideband", "zh": "边频带"},
    "expected_line": {"en": "expected, not found", "zh": "理论位置，未检出"},
    "noise_floor": {"en": "floor {floor:.2f}", "zh": "检出下限 {floor:.2f}"},
    "labels_read": {"en": "labels: measured order (expected)", "zh": "标注：实测阶次（理论阶次）"},
    "labels_fitted": {
        "en": "labels: measured order (best fit)",
        "zh": "标注：实测阶次（最佳拟合）",
    },
    "line_chart": {"en": "Expected of each fault", "zh": "各故障的理论谱线"},
    "harmonics": {"en": "harmonics", "zh": "谐波"},
    "sidebands": {"en": "sidebands", "zh": "边频带"},
    "strength": {"en": "strength", "zh": "强度"},
    "slip": {"en": "slip", "zh": "滑差"},
    "orders_axis": {"en": "shaft orders", "zh": "阶次（×转频）"},
    "alarm_from": {"en": "alarm from {threshold}", "zh": "报警阈值 {threshold}"},
    "more_findings": {"en": "and {count} more", "zh": "另有 {count} 项"},
    "velocity_rms": {"en": "velocity rms", "zh": "速度有效值"},
    "iso_zone": {"en": "ISO zone", "zh": "ISO 区域"},
    "kurtosis": {"en": "kurtosis", "zh": "峭度"},
    "crest_factor": {"en": "crest factor", "zh": "峰值因子"},
    "zone_grades_machine": {
        "en": "ISO 20816-3 grades the machine, not the bearing.",
        "zh": "ISO 20816-3 评定的是整机，而非轴承。",
    },
    "zone_unknown": {
        "en": "Velocity and ISO zone need the unit of the samples.",
        "zh": "未知信号单位，无法计算振动速度和 ISO 区域。",
    },
    "no_evidence": {
        "en": "No fault lines could be placed: they need the shaft speed. The waveform alone was "
        "judged.",
        "zh": "无法定位故障谱线：需要转速。仅根据波形判断。",
    },
    "no_evidence_beside": {
        "en": "No fault lines could be placed; the model judged the windows of the recording.",
        "zh": "无法定位故障谱线；模型按记录的窗口判断。",
    },
    "speed_stated": {"en": "stated {rpm:.0f} rpm", "zh": "给定转速 {rpm:.0f} r/min"},
    "speed_measured": {"en": "measured {rpm:.0f} rpm", "zh": "实测转速 {rpm:.0f} r/min"},
    "speed_unknown": {"en": "speed unknown", "zh": "转速未知"},
    "bearing_named": {"en": "bearing {bearing}", "zh": "轴承 {bearing}"},
    "bearing_unknown": {"en": "bearing unknown", "zh": "轴承未知"},
    "bearing_fitted": {
        "en": "bearing not stated; best fit n={elements}",
        "zh": "轴承未给出；最佳拟合 n={elements}",
    },
    "fitted_chart": {"en": "Best fit, bearing not stated", "zh": "最佳拟合（轴承未给出）"},
    "fitted_line": {"en": "line of the best fit", "zh": "最佳拟合谱线"},
    "fitted_note": {
        "en": "No bearing is stated. The lines are those of the usual geometry that fits the "
        "spectrum best (n={elements}); the verdict rests on combs over shaft orders.",
        "zh": "未给出轴承。图表中的谱线属于与调制谱拟合最好的常见几何参数（n={elements}）；"
        "结论依据转频阶次上的谐波列。",
    },
    "best_fit": {"en": "best fit", "zh": "最佳拟合"},
    "warning_count": {"en": "warnings: {count}", "zh": "注意事项：{count} 条"},
    "own_warnings": {
        "en": "{own} of {count} files have warnings of their own; see --json.",
        "zh": "{count} 个文件中有 {own} 个另有各自的注意事项，见 --json。",
    },
    # the page of a batch
    "summary": {"en": "Summary", "zh": "汇总"},
    "count_faults": {"en": "with a fault", "zh": "有故障"},
    "count_healthy": {"en": "healthy", "zh": "健康"},
    "count_unknown": {"en": "unknown", "zh": "未知"},
    "count_failed": {"en": "not readable", "zh": "未能分析"},
    "in_words": {"en": "In words", "zh": "结论说明"},
    "sentence_asked": {"en": "Sentence asked for", "zh": "待判语句"},
    "alarms_from": {
        "en": "All faults together alarm from a score of {threshold}; here they have {score}.",
        "zh": "所有故障概率之和超过 {threshold} 即报警；此处为 {score}。",
    },
    "peaks": {"en": "Peaks and their assignment", "zh": "谱峰及其归属"},
    "assignment": {"en": "Assignment", "zh": "归属"},
    "measured_order": {"en": "Measured order", "zh": "实测阶次"},
    "expected_order": {"en": "Expected order", "zh": "理论阶次"},
    "frequency_hz": {"en": "Frequency, Hz", "zh": "频率（Hz）"},
    "strength_nats": {"en": "Strength, nats", "zh": "强度（nat）"},
    "peaks_above": {
        "en": "Lines of the modulation spectrum stronger than {floor} nats.",
        "zh": "调制谱中强度超过 {floor} nat 的谱线。",
    },
    "no_peaks": {
        "en": "No expected line stands out of the noise.",
        "zh": "没有高出噪声的理论谱线。",
    },
    "family_of_lines": {"en": "Lines of", "zh": "谱线类别"},
    "windows": {"en": "Windows", "zh": "窗口"},
    "velocity_rms_full": {
        "en": "Vibration velocity, rms, 10 to 1000 Hz",
        "zh": "振动速度有效值，10～1000 Hz",
    },
    "failed_files": {"en": "Files that could not be diagnosed", "zh": "未能诊断的文件"},
    "reason": {"en": "Reason", "zh": "原因"},
    "nothing_diagnosed": {"en": "No recording was diagnosed.", "zh": "没有完成诊断的记录。"},
    "picture_of": {"en": "Evidence picture of {file}", "zh": "{file} 的诊断依据图"},
}
"""Key -> language -> words. A family of `signals.evidence.FAMILIES` is a key of its own name."""


def phrase(key: str, lang: str = "en") -> str:
    """The words for `key` in the language `lang`.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> phrase("outer"), phrase("outer", "zh")
        ('outer race', '外圈')
    """
    return phrase_of(PHRASES, "report phrase", key, lang)


def phrase_of(phrases: Mapping[str, Mapping[str, str]], kind: str, key: str, lang: str) -> str:
    """The words for a key of any table of phrases, with their gaps as they stand.

    Args:
        phrases: key -> language -> words.
        kind: what the table holds, for the message.
        key: a row of it.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> phrase_of({"n": {"en": "{n} windows", "zh": "{n} 个窗口"}}, "phrase", "n", "zh")
        '{n} 个窗口'
    """
    if key not in phrases:
        raise UnknownNameError(kind, key, phrases)
    return phrases[key][checked_language(lang)]
