"""The fixed words of what is shown of measured scans, in every report language."""

from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    # the verdict in one sentence
    "deep": {"en": "{depth} deep", "zh": "深 {depth}"},
    "high": {"en": "{depth} high", "zh": "高 {depth}"},
    "other": {"en": "{count} more defect", "zh": "另有 {count} 处缺陷"},
    "others": {"en": "{count} more defects", "zh": "另有 {count} 处缺陷"},
    "part_is": {"en": "the part: {severity}", "zh": "零件判定：{severity}"},
    "all over": {"en": "all over the scan", "zh": "整个扫描区域"},
    "none": {
        "en": "No defect above the alarm threshold{roughness}; {threshold}.",
        "zh": "没有超过报警阈值的缺陷{roughness}；{threshold}。",
    },
    "roughness_clause": {
        "en": "; the surface scatters by {roughness} about its reference",
        "zh": "；表面相对基准的离散度为 {roughness}",
    },
    "unclear": {
        "en": "Unknown: nothing is clear enough to measure{roughness}; {threshold}.",
        "zh": "无法判定：没有足够明确、可以测量的缺陷{roughness}；{threshold}。",
    },
    "unknown_defect": {
        "en": "Unknown: something deviates that none of the sentences fits: {clauses}.",
        "zh": "无法判定：存在偏差，但与所给语句均不相符：{clauses}。",
    },
    # severity
    "scrap": {"en": "scrap", "zh": "报废"},
    "rework": {"en": "rework", "zh": "返修"},
    "accept": {"en": "accept", "zh": "合格"},
    # panels of the sheet
    "map": {"en": "Deviations from the reference", "zh": "相对基准的偏差"},
    "stretched": {
        "en": "the short side drawn {times}× wider",
        "zh": "短边放大 {times} 倍",
    },
    "axis_u": {"en": "u, mm", "zh": "u，mm"},
    "axis_v": {"en": "v, mm", "zh": "v，mm"},
    "out_of": {"en": "+ out of the material", "zh": "+ 高出表面"},
    "into": {"en": "− into the material", "zh": "− 低于表面"},
    "section_worst": {
        "en": "Section A–A′ through defect {number}",
        "zh": "过缺陷 {number} 的剖面 A–A′",
    },
    "section": {
        "en": "Section A–A′ through the largest deviation",
        "zh": "过最大偏差点的剖面 A–A′",
    },
    "along_section": {"en": "along the section, mm", "zh": "沿剖面，mm"},
    "solid": {"en": "The scan in space", "zh": "三维视图"},
    "solid_exaggerated": {
        "en": "The scan in space, deviations {times}×",
        "zh": "三维视图，偏差放大 {times} 倍",
    },
    # table of sizes
    "defects_title": {"en": "Defects", "zh": "缺陷"},
    "uncertainty_note": {
        "en": "± half of the 95 % interval. Depth: greatest deviation. Length, width and area: "
        "where the deviation is at least a tenth of it. Volume: all of the defect.",
        "zh": "± 为 95 % 区间的一半。深度：最大偏差；长、宽、面积：偏差不小于最大值十分之一的"
        "区域；体积：整个缺陷。",
    },
    "border_note": {
        "en": "* reaches the end of the scan or a hole: it may be larger.",
        "zh": "* 延伸到扫描边缘或空缺处：实际可能更大。",
    },
    "no_defects": {
        "en": "Nothing stands out of the surface's own scatter.",
        "zh": "没有超出表面自身离散度的偏差。",
    },
    "name": {"en": "Name", "zh": "名称"},
    "depth": {"en": "Depth / height", "zh": "深度 / 高度"},
    "length": {"en": "Length", "zh": "长度"},
    "width": {"en": "Width", "zh": "宽度"},
    "area": {"en": "Area", "zh": "面积"},
    "volume": {"en": "Volume", "zh": "体积"},
    "severity": {"en": "Severity", "zh": "处置"},
    "rule": {"en": "Rule", "zh": "依据规则"},
    "place_xyz": {"en": "Place (x, y, z)", "zh": "位置（x，y，z）"},
    "more": {
        "en": "and {count} more; the page and the JSON list all",
        "zh": "另有 {count} 处，见网页与 JSON",
    },
    # facts
    "reference": {"en": "reference: {form}", "zh": "基准：{form}"},
    "points": {"en": "{count} points", "zh": "{count} 个点"},
    "cell": {"en": "cell {side}", "zh": "网格 {side}"},
    "roughness": {"en": "scatter {roughness}", "zh": "离散度 {roughness}"},
    "rules": {"en": "rules {name}", "zh": "规则 {name}"},
    "file_unit": {"en": "file in {unit}", "zh": "文件单位 {unit}"},
    # the page
    "throughput": {
        "en": "{count} scans in {seconds} s: {rate} per second",
        "zh": "{count} 个扫描用时 {seconds} s，每秒 {rate} 个",
    },
    "took": {"en": "measured in {seconds} s", "zh": "测量用时 {seconds} s"},
    "nothing_measured": {"en": "Nothing was measured.", "zh": "没有测量任何扫描。"},
    "failed_files": {"en": "Files that were not measured", "zh": "未能测量的文件"},
    "turn_help": {
        "en": "Drag turns, Shift or two fingers move, wheel or pinch enlarges. Keys: arrows turn, "
        "+ and − enlarge, Home resets.",
        "zh": "拖动旋转；按住 Shift 或双指平移；滚轮或双指缩放。键盘：方向键旋转，+ / − 缩放，"
        "Home 复位。",
    },
    "view_of": {
        "en": "The scan {name} in space; it can be turned.",
        "zh": "{name} 的三维视图，可旋转。",
    },
    "exaggeration": {"en": "Deviations", "zh": "偏差放大"},
    "range": {"en": "Colours to ±", "zh": "颜色范围 ±"},
    "by_photograph": {"en": "Photograph", "zh": "照片"},
    "show_marks": {"en": "Numbers", "zh": "编号"},
    "reset": {"en": "Reset", "zh": "复位"},
    "from_above": {"en": "From above", "zh": "俯视"},
    "picture_of": {
        "en": "Map of the deviations of {name}, with contours and numbered defects",
        "zh": "{name} 的偏差图，带等值线与缺陷编号",
    },
    "section_of": {
        "en": "Section of {name} through its worst point",
        "zh": "{name} 过最大偏差点的剖面",
    },
    "to_top": {"en": "All scans", "zh": "全部扫描"},
    "summary": {"en": "Overview", "zh": "总览"},
    "worst_depth": {"en": "Worst depth", "zh": "最大深度"},
    "defect_count": {"en": "Defects", "zh": "缺陷数"},
}
"""Key -> language -> words."""


def measurement_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> measurement_phrase("scrap", "zh"), measurement_phrase("deep", depth="0.3 mm")
        ('报废', '0.3 mm deep')
    """
    return phrase_of(PHRASES, "measurement phrase", key, lang).format(**values)
