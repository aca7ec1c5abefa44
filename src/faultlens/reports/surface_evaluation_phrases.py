"""The fixed words of the evaluation of pictures, one row per phrase, in every language."""

from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    "title": {"en": "Evaluation on pictures", "zh": "图像评估报告"},
    # figures
    "image_auroc": {"en": "image AUROC", "zh": "图像级 AUROC"},
    "image_ap": {"en": "image average precision", "zh": "图像级平均精度"},
    "image_f1": {"en": "image F1 at its best threshold", "zh": "图像级最佳 F1"},
    "pixel_auroc": {"en": "pixel AUROC", "zh": "像素级 AUROC"},
    "pixel_ap": {"en": "pixel average precision", "zh": "像素级平均精度"},
    "pixel_f1": {"en": "pixel F1 at its best threshold", "zh": "像素级最佳 F1"},
    "aupro": {"en": "per-region overlap (AUPRO)", "zh": "区域重叠面积（AUPRO）"},
    "naming": {"en": "defects named rightly", "zh": "缺陷命名正确率"},
    "named": {"en": "given one name by class thresholds", "zh": "按类别阈值给出名称"},
    "named_wrongly": {"en": "given a wrong name", "zh": "给出错误名称"},
    "false_alarms": {"en": "false alarms on clean pictures", "zh": "无缺陷图片误报率"},
    "missed": {"en": "defects missed", "zh": "漏检率"},
    # tables
    "defect": {"en": "defect", "zh": "缺陷"},
    "pictures": {"en": "pictures", "zh": "图片数"},
    "called_rightly": {"en": "called rightly", "zh": "命名正确"},
    "always no defect": {
        "en": "always 'no defect', and names by chance",
        "zh": "一律判无缺陷，随机命名",
    },
    "nearest grey thumbnail": {
        "en": "nearest clean thumbnail (32 px grey)",
        "zh": "最近邻缩略图（32 像素灰度）",
    },
    "advice": {
        "en": "Which words or examples would help: faultlens prompts advise --data DIR. When a "
        "name is to be believed: faultlens calibrate --labelled DIR.",
        "zh": "哪些措辞或样例有帮助：faultlens prompts advise --data 目录；"
        "何时采信名称：faultlens calibrate --labelled 目录。",
    },
    # facts
    "draws": {"en": "draws of references", "zh": "参考图片的抽取"},
    "draw": {
        "en": "seed {seed}: {references} references, {tested} tested, {left_out} left out with "
        "their groups; threshold {threshold:.3f}",
        "zh": "种子 {seed}：{references} 张参考，测试 {tested} 张，同组排除 {left_out} 张；"
        "阈值 {threshold:.3f}",
    },
    "intervals_over": {
        "en": "95 % intervals by bootstrap over {units} groups of pictures, and over draws of "
        "references where there are several.",
        "zh": "95 % 区间：对 {units} 个图片组作自助抽样；参考图片多次抽取时也对抽取次数抽样。",
    },
    "best_threshold": {
        "en": "F1 at its best threshold is chosen with the truth in view: it says how well scores "
        "rank, not how the shipped threshold does.",
        "zh": "最佳 F1 的阈值是参照真值选取的：只反映分数的排序能力，不代表出厂阈值的表现。",
    },
    # pictures
    "confusions": {"en": "What is confused with what", "zh": "哪些缺陷被混淆"},
    "confusions_note": {
        "en": "Rows: what {pictures} labelled pictures show; columns: what is said of them, each "
        "by thresholds that it had no part in.",
        "zh": "行：{pictures} 张标注图像的真实缺陷；列：给出的结论，所用阈值未使用该图像。",
    },
    "several": {"en": "several fit", "zh": "多种相符"},
    "no_name": {"en": "none fits", "zh": "均不相符"},
    "believed_from": {"en": "believed from", "zh": "采信阈值"},
    "promised": {"en": "promised", "zh": "保证不漏名"},
    "alarm_scores": {"en": "Alarm scores", "zh": "报警分数分布"},
    "alarm_scores_note": {
        "en": "One dot per picture. Right of the line it alarms.",
        "zh": "每点为一张图片；竖线右侧报警。",
    },
    "alarm_score": {"en": "alarm score", "zh": "报警分数"},
    "roc": {"en": "ROC, defects against clean pictures", "zh": "ROC 曲线（缺陷对无缺陷）"},
    "confusion": {"en": "Confusion matrix", "zh": "混淆矩阵"},
    "reliability": {"en": "Reliability", "zh": "可靠性图"},
    "false_alarm": {
        "en": "False alarm {number}: {file}, score {score:.3f}",
        "zh": "误报 {number}：{file}，分数 {score:.3f}",
    },
    "miss": {
        "en": "Missed {number}: {file} ({truth}), score {score:.3f}; green: where it is",
        "zh": "漏检 {number}：{file}（{truth}），分数 {score:.3f}；绿色：真实位置",
    },
}
"""Key -> language -> words."""


def surface_evaluation_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> surface_evaluation_phrase("aupro", "zh")
        '区域重叠面积（AUPRO）'
    """
    return phrase_of(PHRASES, "phrase of an evaluation on pictures", key, lang).format(**values)
