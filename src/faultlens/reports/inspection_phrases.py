"""The fixed words of what is shown of inspected pictures, in every report language."""

from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    # the verdict in one sentence
    "certain": {"en": "certain", "zh": "确定"},
    "probable": {"en": "probable", "zh": "很可能"},
    "possible": {"en": "possible", "zh": "疑似"},
    "alarmed": {
        "en": "{label}, {certainty}: {clauses}.",
        "zh": "{label}（{certainty}）：{clauses}。",
    },
    "below": {
        "en": "{certainty} {label} below the alarm threshold: {clauses}.",
        "zh": "{certainty}存在{label}，但未达报警阈值：{clauses}。",
    },
    "none": {
        "en": "No defect above the alarm threshold{nearest}; {threshold}.",
        "zh": "没有超过报警阈值的缺陷{nearest}；{threshold}。",
    },
    "nearest": {"en": " (nearest: {label}, {score})", "zh": "（最接近：{label}，{score}）"},
    "not_apart": {
        "en": "A defect{where}, {names}, which are not told apart; {threshold}.",
        "zh": "{where}存在缺陷，{names}，无法区分；{threshold}。",
    },
    "not_apart_below": {
        "en": "Possibly a defect{where}, {names}, which are not told apart; below the alarm "
        "threshold; {threshold}.",
        "zh": "{where}可能存在缺陷，{names}，无法区分；未达报警阈值；{threshold}。",
    },
    "or": {"en": " or ", "zh": "或"},
    "unlike_references": {
        "en": "Unknown: something differs from the references{where}, and none of the sentences "
        "fits; {threshold}.",
        "zh": "无法判定：{where}与参考图像不同，但与所给语句均不相符；{threshold}。",
    },
    "unlike_sentences": {
        "en": "Unknown: something stands out{where} that none of the sentences fits; {threshold}.",
        "zh": "无法判定：{where}存在异常，但与所给语句均不相符；{threshold}。",
    },
    "unclear": {
        "en": "Unknown: no defect is clear enough to name, and the picture is not clearly free of "
        "defects; {threshold}.",
        "zh": "无法判定：没有足够明确的缺陷，也不能确认图像无缺陷；{threshold}。",
    },
    "at": {"en": "at the {place}", "zh": "{place}"},
    "where": {"en": " {place}", "zh": "图像{place}"},
    "somewhere": {"en": "", "zh": "图像"},
    "long_wide": {"en": "{length} long, {width} wide", "zh": "长 {length}，宽 {width}"},
    "across": {"en": "{length} across", "zh": "直径约 {length}"},
    "box_of": {"en": "in a box of {width} x {height}", "zh": "外接框 {width} × {height}"},
    "not_located": {
        "en": "seen in the whole picture, no place stands out",
        "zh": "依据整幅图像判断，未能定位",
    },
    "regions": {"en": "{count} regions", "zh": "共 {count} 处"},
    "held": {"en": "“{stated}” holds ({measured})", "zh": "“{stated}”成立（{measured}）"},
    "failed": {
        "en": "“{stated}” does not hold ({measured})",
        "zh": "“{stated}”不成立（{measured}）",
    },
    "unmeasured": {
        "en": "“{stated}” cannot be measured ({measured})",
        "zh": "“{stated}”无法测量（{measured}）",
    },
    "rated": {
        "en": "threshold {threshold} ({rate} % false alarms)",
        "zh": "报警阈值 {threshold}（误报率 {rate} %）",
    },
    "unrated": {
        "en": "threshold {threshold} (false alarms not measured)",
        "zh": "报警阈值 {threshold}（误报率未测定）",
    },
    "hot_spot": {
        "en": " Infrared: hottest spot at the {place}, {words}{more}.",
        "zh": "红外：最热点位于{place}，{words}{more}。",
    },
    "more_hot_spots": {"en": " (and {count} more)", "zh": "（另有 {count} 处）"},
    "comma": {"en": ", ", "zh": "，"},
    "joint": {"en": "; ", "zh": "；"},
    # places
    "upper left": {"en": "upper left", "zh": "左上"},
    "top": {"en": "top", "zh": "上方"},
    "upper right": {"en": "upper right", "zh": "右上"},
    "left": {"en": "left", "zh": "左侧"},
    "centre": {"en": "centre", "zh": "中央"},
    "right": {"en": "right", "zh": "右侧"},
    "lower left": {"en": "lower left", "zh": "左下"},
    "bottom": {"en": "bottom", "zh": "下方"},
    "lower right": {"en": "lower right", "zh": "右下"},
    "all over": {"en": "all over the picture", "zh": "全幅"},
    "all across": {"en": "from left to right", "zh": "横向全幅"},
    "all down": {"en": "from top to bottom", "zh": "纵向全幅"},
    # what a verdict and a finding are
    "defect": {"en": "defect", "zh": "缺陷"},
    "unknown": {"en": "unknown", "zh": "无法判定"},
    "no_defect": {"en": "no defect", "zh": "无缺陷"},
    "alarm": {"en": "Alarm", "zh": "报警"},
    "no_alarm": {"en": "No alarm", "zh": "未报警"},
    # panels
    "picture": {"en": "Picture", "zh": "图像"},
    "heat_map": {"en": "Heat map", "zh": "热力图"},
    "heat_probability": {"en": "probability of a defect", "zh": "缺陷概率"},
    "heat_score": {"en": "anomaly score, not a probability", "zh": "异常得分（非概率）"},
    "heat_level": {"en": "a region from {level}", "zh": "{level} 起计为缺陷区域"},
    "worst_region": {
        "en": "Region {number}, enlarged {times}x",
        "zh": "区域 {number}，放大 {times} 倍",
    },
    "worst_region_shrunk": {"en": "Region {number}", "zh": "区域 {number}"},
    "regions_title": {"en": "Regions", "zh": "缺陷区域"},
    "no_regions": {"en": "No place stands out.", "zh": "没有突出的区域。"},
    "hot_spots_title": {"en": "Hot spots (infrared)", "zh": "热点（红外）"},
    "celsius": {"en": "Temperature", "zh": "温度"},
    "delta_celsius": {"en": "Above surroundings", "zh": "高于周围"},
    "findings": {"en": "Findings", "zh": "检测结果"},
    "any_defect": {"en": "alarm score", "zh": "报警得分"},
    "alarm_from": {"en": "alarm from {threshold}", "zh": "报警阈值 {threshold}"},
    "more": {"en": "and {count} more", "zh": "另有 {count} 项"},
    "conditions": {"en": "Stated and measured", "zh": "所述条件与实测"},
    "warnings": {"en": "Warnings", "zh": "注意事项"},
    # tables
    "number": {"en": "No.", "zh": "序号"},
    "file": {"en": "File", "zh": "文件"},
    "verdict": {"en": "Verdict", "zh": "结论"},
    "finding": {"en": "Finding", "zh": "检测结果"},
    "label": {"en": "Sentence asked for", "zh": "待判语句"},
    "score": {"en": "Score", "zh": "概率"},
    "size": {"en": "Length × width", "zh": "长 × 宽"},
    "area": {"en": "Area", "zh": "面积"},
    "place": {"en": "Place", "zh": "位置"},
    "stated": {"en": "Stated", "zh": "所述条件"},
    "measured": {"en": "Measured", "zh": "实测"},
    "holds": {"en": "Holds", "zh": "是否成立"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "cannot_say": {"en": "cannot be measured", "zh": "无法测量"},
    # the page of a batch
    "all": {"en": "All", "zh": "全部"},
    "count_alarm": {"en": "Alarm", "zh": "报警"},
    "count_below": {"en": "Below threshold", "zh": "未达阈值"},
    "count_unknown": {"en": "Unknown", "zh": "无法判定"},
    "count_clear": {"en": "No defect", "zh": "无缺陷"},
    "count_failed": {"en": "Not readable", "zh": "未能读取"},
    "throughput": {
        "en": "{count} pictures in {seconds} s: {rate} per second",
        "zh": "{count} 幅图像用时 {seconds} s，每秒 {rate} 幅",
    },
    "any_verdict": {"en": "Any verdict", "zh": "所有结论"},
    "sort_by": {"en": "Sort by", "zh": "排序"},
    "sort_worst": {"en": "worst first", "zh": "最严重优先"},
    "sort_score": {"en": "alarm score", "zh": "报警得分"},
    "sort_name": {"en": "file name", "zh": "文件名"},
    "search": {"en": "Find a file", "zh": "查找文件"},
    "show_heat": {"en": "Heat map", "zh": "热力图"},
    "show_outlines": {"en": "Outlines", "zh": "轮廓"},
    "nothing_left": {
        "en": "No picture fits this choice.",
        "zh": "没有符合所选条件的图像。",
    },
    "nothing_inspected": {"en": "No picture was inspected.", "zh": "没有完成检测的图像。"},
    "close": {"en": "Close", "zh": "关闭"},
    "previous": {"en": "Previous", "zh": "上一幅"},
    "next": {"en": "Next", "zh": "下一幅"},
    "full_size": {"en": "Full size", "zh": "原始大小"},
    "keys": {
        "en": "Keys: ← → next, H heat map, O outlines, Z full size, Esc close",
        "zh": "快捷键：← → 切换，H 热力图，O 轮廓，Z 原始大小，Esc 关闭",
    },
    "picture_of": {"en": "Picture {name}", "zh": "图像 {name}"},
    "alarms_from": {
        "en": "The alarm score is {score}; it alarms from {threshold}.",
        "zh": "报警得分为 {score}；达到 {threshold} 即报警。",
    },
    "failed_files": {"en": "Files that could not be inspected", "zh": "未能检测的文件"},
    "reason": {"en": "Reason", "zh": "原因"},
    # columns of the spreadsheet
    "column_file": {"en": "File", "zh": "文件"},
    "column_verdict": {"en": "Verdict", "zh": "结论"},
    "column_alarms": {"en": "Alarm", "zh": "是否报警"},
    "column_alarm_score": {"en": "Alarm score", "zh": "报警得分"},
    "column_alarm_threshold": {"en": "Alarm threshold", "zh": "报警阈值"},
    "column_alarm_rate": {"en": "False-alarm rate", "zh": "误报率"},
    "column_label": {"en": "Sentence asked for", "zh": "待判语句"},
    "column_meaning": {"en": "Meaning", "zh": "含义"},
    "column_score": {"en": "Score", "zh": "概率"},
    "column_region_count": {"en": "Regions", "zh": "区域数"},
    "column_place": {"en": "Place", "zh": "位置"},
    "column_left_px": {"en": "Left (px)", "zh": "左（px）"},
    "column_top_px": {"en": "Top (px)", "zh": "上（px）"},
    "column_width_px": {"en": "Box width (px)", "zh": "外接框宽（px）"},
    "column_height_px": {"en": "Box height (px)", "zh": "外接框高（px）"},
    "column_long_px": {"en": "Length (px)", "zh": "长（px）"},
    "column_wide_px": {"en": "Width (px)", "zh": "宽（px）"},
    "column_area_px": {"en": "Area (px²)", "zh": "面积（px²）"},
    "column_long_mm": {"en": "Length (mm)", "zh": "长（mm）"},
    "column_wide_mm": {"en": "Width (mm)", "zh": "宽（mm）"},
    "column_area_mm2": {"en": "Area (mm²)", "zh": "面积（mm²）"},
    "column_holds": {"en": "Conditions hold", "zh": "条件是否成立"},
    "column_mm_per_pixel": {"en": "mm per pixel", "zh": "每像素 mm"},
    "column_model": {"en": "Model", "zh": "模型"},
    "column_profile_name": {"en": "Profile", "zh": "配置"},
    "column_judged_s": {"en": "Time (s)", "zh": "用时（s）"},
    "column_reason": {"en": "Why not inspected", "zh": "未检测原因"},
    "column_celsius": {"en": "Temperature (°C)", "zh": "温度（°C）"},
    "column_delta_celsius": {"en": "Above surroundings (K)", "zh": "高于周围（K）"},
    "hot_spot_label": {"en": "hot spot", "zh": "热点"},
    # foot
    "size_px": {"en": "{width} x {height} px", "zh": "{width} × {height} px"},
    "scale_known": {"en": "{scale} mm per pixel", "zh": "每像素 {scale} mm"},
    "scale_unknown": {"en": "scale not stated", "zh": "未给出比例尺"},
    "profile": {"en": "profile {name}", "zh": "配置 {name}"},
    "seconds": {"en": "{seconds} s", "zh": "{seconds} s"},
}
"""Key -> language -> words."""


def inspection_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> inspection_phrase("regions", "zh", count=2)
        '共 2 处'
    """
    return phrase_of(PHRASES, "inspection phrase", key, lang).format(**values)
