"""The words of the audit page."""

from faultlens.line.dashboard.figure_words import WORDS as FIGURE_WORDS

WORDS: dict[str, tuple[str, str]] = {
    **FIGURE_WORDS,
    "nav_audit": ("Audit", "抽检"),
    "audit_hint": (
        "Frames that passed, drawn at random: is there a fault that the line missed?",
        "随机抽取的合格帧：是否存在产线漏检的缺陷？",
    ),
    "audit_waiting": ("{n} wait for a word", "{n} 帧待检"),
    "audit_waiting_many": ("more than {n} wait for a word", "待检超过 {n} 帧"),
    "audit_done": ("All are answered", "已全部检查"),
    "audit_done_hint": (
        "New ones are drawn as frames pass; [audit] in line.toml says how many.",
        "新的抽检会随合格帧产生；比例见 line.toml 的 [audit]。",
    ),
    "audit_question": ("What does this frame show?", "该帧显示什么？"),
    "audit_sound": ("Sound", "完好"),
    "audit_fault": ("It has a fault", "存在缺陷"),
    "audit_fault_which": ("Which?", "哪一种？"),
    "audit_other": ("Another, in words", "其他（请描述）"),
    "audit_other_send": ("Save", "保存"),
    "audit_skip": ("Not now", "稍后再看"),
    "audit_keys": ("Keys: S sound, 1 to 9 a fault, N not now", "按键：S 完好，1–9 缺陷，N 稍后"),
    "audit_next": ("Next", "接下来"),
    "audit_only_operators": (
        "Operators and engineers answer audits.",
        "抽检由操作员和工程师回答。",
    ),
    "audit_rate": ("Miss rate", "漏检率"),
    "audit_rate_hint": (
        "share of passed frames with a fault, by what people said, with its 95 % interval",
        "合格帧中经人工判定有缺陷的比例及其 95 % 区间",
    ),
    "audit_rate_all": ("All sources", "全部来源"),
    "audit_rate_of": ("{misses} missed of {n} looked at", "已检 {n} 帧，漏检 {misses} 帧"),
    "audit_rate_none": ("nobody looked yet", "尚未检查"),
    "audit_rate_column": ("Missed", "漏检率"),
    "audit_interval": ("95 % interval", "95 % 区间"),
    "audit_looked_at": ("Looked at", "检查数"),
    "audit_answered": ("What people said", "检查记录"),
    "audit_answered_none": ("Nobody has answered yet.", "尚无记录。"),
    "audit_missed": ("missed", "漏检"),
    "audit_was_sound": ("sound", "完好"),
    "said_audit_empty": ("Say what it is.", "请填写内容。"),
    "said_audit_gone": ("This frame is not open any more.", "该帧已不在待检列表中。"),
}
"""Key -> (English, Chinese)."""
