"""Words that stand beside figures of several pages."""

WORDS: dict[str, tuple[str, str]] = {
    "figure_none": ("Nothing in this time.", "该时间段内无数据。"),
    "figure_numbers": ("Numbers", "数据表"),
    "figure_time": ("Time", "时间"),
    "figure_older": ("Older", "更早"),
    "figure_newest": ("Newest", "最新"),
    "figure_source": ("Source", "来源"),
    "figure_channel": ("Channel", "通道"),
    "figure_asset": ("Asset", "设备"),
    "figure_part": ("Part", "零件"),
    "figure_shift": ("Shift", "班次"),
    "figure_verdict": ("Verdict", "判定"),
    "figure_score": ("Score", "得分"),
    "figure_threshold": ("Threshold", "阈值"),
    "figure_frame": ("Frame", "帧"),
    "figure_all": ("all", "全部"),
    "figure_user": ("User", "用户"),
    "figure_picture_of": ("{what} at {time}", "{what}，{time}"),
    "figure_waits": ("Asked; the line has not done it yet.", "已提交，产线尚未执行。"),
}
"""Key -> (English, Chinese)."""
