"""The words of the drift page."""

from faultlens.line.dashboard.figure_words import WORDS as FIGURE_WORDS
from faultlens.line.dashboard.span_picker import WORDS as SPAN_WORDS

WORDS: dict[str, tuple[str, str]] = {
    **FIGURE_WORDS,
    **SPAN_WORDS,
    "nav_drift": ("Drift", "漂移"),
    "drift_hint": (
        "Do frames still look as those that the thresholds were made of?",
        "当前帧是否仍与设定阈值时的帧一致？",
    ),
    "drift_steady": ("Steady", "稳定"),
    "drift_drifted": ("Changed", "已变化"),
    "drift_drifted_by": ("Changed: {cause}", "已变化：{cause}"),
    "drift_furthest": ("furthest measure", "最偏离的指标"),
    "drift_point": ("{measure}: {ratio} of its level", "{measure}：界限的 {ratio} 倍"),
    "drift_steady_n": ("{n} steady", "{n} 个稳定"),
    "drift_changed_n": ("{n} changed", "{n} 个已变化"),
    "drift_chart": ("Distance from the reference", "与参考的距离"),
    "drift_chart_hint": (
        "each measure over its own level; above 1 it has changed",
        "各指标相对其界限的比值，大于 1 表示已变化",
    ),
    "drift_level": ("level", "界限"),
    "drift_measure": ("Measure", "指标"),
    "drift_value": ("Now", "当前"),
    "drift_of_level": ("Of level", "相对界限"),
    "drift_since": ("last reading {time}", "最近读数 {time}"),
    "drift_none": (
        "Nothing is watched yet: the first frames of a source are its reference.",
        "尚无监测数据：各来源的首批帧将作为参考。",
    ),
    "drift_sources": ("Steady sources", "稳定的来源"),
    "drift_reference": ("New reference", "新建参考"),
    "drift_reference_title": (
        "Take what comes now as the reference of {place}",
        "将 {place} 当前的帧作为新参考",
    ),
    "drift_reference_hint": (
        "Only where the change is meant to be. Mind that thresholds were made of the old one.",
        "仅用于预期内的变化。请注意阈值是按旧参考设定的。",
    ),
    "said_no_reference": ("There is no such source.", "没有该来源。"),
    "said_no_reason": ("Say why.", "请填写理由。"),
    "drift_events": ("What changed", "变化记录"),
    "drift_events_none": ("Nothing changed in this time.", "该时间段内没有变化。"),
    "drift_picture": ("reference against now", "参考与当前对比"),
    "drift_log": ("Log of the line", "产线日志"),
    "drift_log_none": ("Nothing was logged in this time.", "该时间段内没有记录。"),
    "drift_severity_info": ("info", "信息"),
    "drift_severity_warning": ("warning", "警告"),
    "drift_severity_error": ("error", "错误"),
    "drift_cause_process": ("process", "过程变化"),
    "drift_cause_gain": ("gain", "增益"),
    "drift_cause_noise": ("noise", "噪声"),
    "drift_cause_blur": ("blur", "失焦"),
    "drift_cause_dark": ("darker", "变暗"),
    "drift_cause_bright": ("brighter", "变亮"),
    "drift_cause_frozen": ("frozen", "画面冻结"),
    "drift_cause_dead": ("dead", "失效"),
    "drift_cause_saturated": ("saturated", "过载"),
    "drift_frame": ("at frame {frame}", "位于帧 {frame}"),
}
"""Key -> (English, Chinese)."""
