"""The fixed words of joined verdicts, in every report language."""

from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    # the verdict in one sentence
    "alarm_sentence": {
        "en": "{label}, {certainty}: {clauses}.",
        "zh": "{label}（{certainty}）：{clauses}。",
    },
    "below_sentence": {
        "en": "{certainty} {label} below the alarm threshold: {clauses}.",
        "zh": "{certainty}存在{label}，但未达报警阈值：{clauses}。",
    },
    "healthy_sentence": {"en": "Healthy: {clauses}.", "zh": "正常：{clauses}。"},
    "doubtful_sentence": {"en": "Healthy, possible: {clauses}.", "zh": "正常（疑似）：{clauses}。"},
    "unknown_sentence": {"en": "Unknown: {clauses}.", "zh": "无法判定：{clauses}。"},
    "certain": {"en": "certain", "zh": "确定"},
    "probable": {"en": "probable", "zh": "很可能"},
    "possible": {"en": "possible", "zh": "疑似"},
    "joint": {"en": "; ", "zh": "；"},
    "and": {"en": " and ", "zh": "和"},
    "or": {"en": " or ", "zh": "或"},
    # what one sensor says
    "named": {"en": "{kind} ({name})", "zh": "{kind}（{name}）"},
    "alarms": {"en": "{who} alarms: {verdict} ({score})", "zh": "{who}报警：{verdict}（{score}）"},
    "alarms_unnamed": {
        "en": "{who} alarms, and none of the sentences fits",
        "zh": "{who}报警，但与所给语句均不相符",
    },
    "alarms_untold": {
        "en": "{who} alarms: {verdict}, which it cannot tell apart",
        "zh": "{who}报警：{verdict}，二者难以区分",
    },
    "untold": {
        "en": "{who} cannot tell apart {verdict}",
        "zh": "{who}无法区分{verdict}",
    },
    "shows": {
        "en": "{who} shows {verdict} ({score}), not alarmed",
        "zh": "{who}显示{verdict}（{score}），未报警",
    },
    "finds_nothing": {
        "en": "{who} finds nothing ({verdict} {score})",
        "zh": "{who}未见异常（{verdict} {score}）",
    },
    "rules_nothing_out": {
        "en": "{who} shows {verdict}, which rules nothing out",
        "zh": "{who}显示{verdict}，但不能排除故障",
    },
    "cannot_say": {"en": "{who} cannot say", "zh": "{who}无法判定"},
    "hotter": {
        "en": "{verdict}, {delta} degC over its surroundings",
        "zh": "{verdict}（比周围高 {delta} °C）",
    },
    "deep": {"en": "{verdict}, {size} deep", "zh": "{verdict}（深 {size}）"},
    "high": {"en": "{verdict}, {size} high", "zh": "{verdict}（高 {size}）"},
    # how they stand to each other
    "alone": {"en": "no other sensor was there", "zh": "没有其他传感器的结果"},
    "agree": {
        "en": "{count} sensors agree that there is a fault",
        "zh": "{count} 个传感器均显示故障",
    },
    "agree_healthy": {"en": "the sensors agree", "zh": "各传感器结论一致"},
    "not_ruled_out": {
        "en": "the other sensors do not show it, which does not rule it out: each sees faults of "
        "its own",
        "zh": "其他传感器未显示，但这并不能排除：各传感器所见故障不同",
    },
    "contradict": {
        "en": "sensors of one kind contradict each other: measure again with both",
        "zh": "同类传感器的结论相互矛盾：请用两者复测",
    },
    "names_differ": {
        "en": "sensors of one kind name different faults",
        "zh": "同类传感器给出的故障名称不同",
    },
    "together": {"en": "together {score} for a fault", "zh": "合并后故障概率 {score}"},
    "healthy_together": {"en": "together {score} for healthy", "zh": "合并后正常概率 {score}"},
    # reasons
    "range": {
        "en": "Together the probability of a fault is {score}: {one} if all sensors see one and "
        "the same fault, {own} if each sees its own.",
        "zh": "合并后故障概率为 {score}：若各传感器所见为同一故障则为 {one}，"
        "若各见各的则为 {own}。",
    },
    "no_range": {
        "en": "Together the probability of a fault is {score}.",
        "zh": "合并后故障概率为 {score}。",
    },
    "alarm_by_sensors": {
        "en": "It alarms by the own threshold of {who}.",
        "zh": "{who}超过其自身阈值，因此报警。",
    },
    "no_alarm_by_sensors": {
        "en": "It does not alarm: no sensor alarms by its own threshold.",
        "zh": "没有传感器超过其自身阈值，因此不报警。",
    },
    "alarm_by_visits": {
        "en": "It alarms from a joined probability of {threshold}, which {visits} healthy "
        "visits of this asset set.",
        "zh": "合并概率超过 {threshold} 即报警，该阈值由本设备 {visits} 次健康测量确定。",
    },
    "rate_of_sensors": {
        "en": "Of sound assets at most {rate} % alarm: the sum over the sensors, however they "
        "depend on each other.",
        "zh": "健康设备的误报率至多为 {rate} %：各传感器误报率之和，与其相关性无关。",
    },
    "rate_of_visits": {
        "en": "Of visits to the healthy asset at most {rate} % alarm, however the sensors depend "
        "on each other.",
        "zh": "设备健康时误报率至多为 {rate} %，与传感器之间的相关性无关。",
    },
    "rate_unknown": {
        "en": "How often sound assets alarm is not known: not every sensor's false-alarm rate was "
        "measured.",
        "zh": "误报率未知：并非每个传感器的误报率都已测定。",
    },
    # actions
    "action_hot_spot": {
        "en": "measure the hot spot again under the same load, check joint, lubrication "
        "and cooling",
        "zh": "在相同负载下复测热点，检查连接、润滑和冷却",
    },
    "action_fault": {
        "en": "look at the place itself and measure again before acting",
        "zh": "采取措施前请现场查看并复测",
    },
    "action_scrap": {"en": "scrap the part by its rules", "zh": "按规则报废该零件"},
    "action_rework": {"en": "rework the part by its rules", "zh": "按规则返修该零件"},
    "action_below": {
        "en": "measure again soon and follow the trend",
        "zh": "尽快复测，并跟踪趋势",
    },
    "action_healthy": {
        "en": "keep measuring at the usual interval",
        "zh": "按正常周期继续监测",
    },
    "action_unknown": {
        "en": "measure again, and add a sensor that sees what is asked for",
        "zh": "重新测量，并增加能看到所问故障的传感器",
    },
    # kinds of sensors
    "vibration": {"en": "vibration", "zh": "振动"},
    "picture": {"en": "the picture", "zh": "图像"},
    "infrared": {"en": "infrared", "zh": "红外"},
    "scan": {"en": "the scan", "zh": "三维扫描"},
    # labels that are ours
    "healthy": {"en": "healthy", "zh": "正常"},
    "no_defect": {"en": "no defect", "zh": "无缺陷"},
    "unknown": {"en": "unknown", "zh": "无法判定"},
    "hot_spot": {"en": "hot spot", "zh": "热点"},
    "no_hot_spot": {"en": "no hot spot", "zh": "无热点"},
    # picture and page
    "title": {"en": "Joined verdict", "zh": "综合结论"},
    "alarm": {"en": "Alarm", "zh": "报警"},
    "no_alarm": {"en": "No alarm", "zh": "未报警"},
    "sensors": {"en": "What each sensor says", "zh": "各传感器的结论"},
    "axis": {"en": "probability of a fault (log odds)", "zh": "故障概率（对数几率）"},
    "joined": {"en": "together", "zh": "合并"},
    "findings": {"en": "Joined probabilities", "zh": "合并概率"},
    "reasons": {"en": "Why", "zh": "依据"},
    "action": {"en": "Recommended action", "zh": "处理建议"},
    "warnings": {"en": "Warnings", "zh": "注意事项"},
    "sensor": {"en": "Sensor", "zh": "传感器"},
    "file": {"en": "File", "zh": "文件"},
    "verdict": {"en": "Verdict", "zh": "结论"},
    "score": {"en": "Score", "zh": "概率"},
    "fault": {"en": "Fault", "zh": "故障概率"},
    "threshold": {"en": "Alarm from", "zh": "报警阈值"},
    "rate": {"en": "False alarms", "zh": "误报率"},
    "profile": {"en": "Profile", "zh": "档案"},
    "time": {"en": "Time", "zh": "时间"},
    "legend": {
        "en": "● what it says   | its alarm threshold   "
        "▬ from one and the same fault to own faults",
        "zh": "● 结论   | 报警阈值   ▬ 从同一故障到各自故障的范围",
    },
    "more": {"en": "and {count} more", "zh": "另有 {count} 项"},
    # spans of time
    "span": {"en": "{count} {unit}", "zh": "{count} {unit}"},
    "hours": {"en": "hours", "zh": "小时"},
    "days": {"en": "days", "zh": "天"},
}
"""Key -> language -> words."""


def verdict_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> verdict_phrase("together", "zh", score="0.95")
        '合并后故障概率 0.95'
    """
    return phrase_of(PHRASES, "verdict phrase", key, lang).format(**values)
