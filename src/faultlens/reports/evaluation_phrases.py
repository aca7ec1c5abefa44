"""The fixed words of an evaluation's pictures and page, one row per phrase, in every language."""

from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    # the pictures
    "confusion": {"en": "Confusion matrix", "zh": "混淆矩阵"},
    "confusion_note": {
        "en": "Rows: truth. Columns: what the model said. Number of {counted}; shading and per "
        "cent are shares of the row.",
        "zh": "行为真实类别，列为模型判断。数字为{counted}，底色与百分比为占该行的比例。",
    },
    "windows": {"en": "windows", "zh": "窗口数"},
    "images": {"en": "pictures", "zh": "图片数"},
    "precision": {"en": "precision", "zh": "精确率"},
    "recall": {"en": "recall", "zh": "召回率"},
    "f1": {"en": "F1", "zh": "F1"},
    "auroc": {"en": "AUROC", "zh": "AUROC"},
    "macro": {"en": "mean of the classes (macro)", "zh": "各类平均（宏平均）"},
    "weighted": {"en": "weighted by class size", "zh": "按类别样本数加权"},
    "accuracy": {"en": "accuracy", "zh": "准确率"},
    "tsne": {"en": "Embeddings by t-SNE", "zh": "嵌入向量的 t-SNE 投影"},
    "tsne_note": {
        "en": "{shown} of {count} windows. Near points are alike; distances between far groups "
        "and their sizes say nothing.",
        "zh": "共 {count} 个窗口，显示 {shown} 个。邻近的点彼此相似；相距较远的各组之间的距离"
        "及各组大小没有意义。",
    },
    "called_wrongly": {"en": "called wrongly", "zh": "判断错误"},
    "roc": {"en": "ROC, one class against the rest", "zh": "ROC 曲线（一类对其余）"},
    "false_positive_rate": {
        "en": "share of the other classes called so",
        "zh": "其他类别被误判的比例（假阳性率）",
    },
    "true_positive_rate": {
        "en": "share of the class called so",
        "zh": "该类别被识别的比例（真阳性率）",
    },
    "chance": {"en": "chance", "zh": "随机"},
    "reliability": {"en": "Reliability", "zh": "可靠性图"},
    "calibration_error": {
        "en": "expected calibration error {value:.1%}",
        "zh": "期望校准误差 {value:.1%}",
    },
    "confidence": {"en": "stated probability", "zh": "给出的概率"},
    "share_right": {"en": "share right", "zh": "判断正确的比例"},
    "gap": {"en": "gap", "zh": "偏差"},
    "perfect": {"en": "as often right as stated", "zh": "与给出的概率一致"},
    # the page
    "title": {"en": "Evaluation", "zh": "评估报告"},
    "headline": {"en": "Headline figures", "zh": "主要指标"},
    "figure": {"en": "figure", "zh": "指标"},
    "interval": {"en": "95 % interval", "zh": "95 % 区间"},
    "false_alarms": {"en": "false alarms on healthy", "zh": "正常窗口的误报率"},
    "macro_f1": {"en": "macro F1", "zh": "宏平均 F1"},
    "macro_recall": {"en": "macro recall", "zh": "宏平均召回率"},
    "macro_precision": {"en": "macro precision", "zh": "宏平均精确率"},
    "macro_auroc": {"en": "macro AUROC", "zh": "宏平均 AUROC"},
    "ece": {"en": "expected calibration error", "zh": "期望校准误差"},
    "seen": {"en": "recall, classes seen", "zh": "已见类别召回率"},
    "unseen": {"en": "recall, classes not seen", "zh": "未见类别召回率"},
    "harmonic_mean": {"en": "harmonic mean of both", "zh": "两者的调和平均"},
    "intervals_over": {
        "en": "95 % intervals by bootstrap over {over}: {units} units, {draws} draws.",
        "zh": "95 % 区间：对{over}作自助抽样，{units} 个单元，{draws} 次抽样。",
    },
    "recordings": {"en": "recordings", "zh": "记录"},
    "bearings": {"en": "bearings", "zh": "轴承"},
    "blocks": {
        "en": "blocks of neighbouring windows where a class has one of them",
        "zh": "只有一份数据的类别按相邻窗口分块",
    },
    "beside": {
        "en": "Beside simpler ways, on the same test",
        "zh": "与简单方法对比（同一测试）",
    },
    "method": {"en": "method", "zh": "方法"},
    "this_model": {"en": "this model", "zh": "本模型"},
    "not_measured": {"en": "left out: {reason}", "zh": "未测：{reason}"},
    "linear-spectrum": {
        "en": "linear-spectrum floor (logistic regression on 64 bands)",
        "zh": "线性谱基线（64 频带逻辑回归）",
    },
    "training-free": {
        "en": "training-free floor (builtin/physics)",
        "zh": "免训练基线（builtin/physics）",
    },
    "without-adapter": {
        "en": "the same model without its adapter",
        "zh": "不加适配器的同一模型",
    },
    "than:linear-spectrum": {"en": "the linear-spectrum floor", "zh": "线性谱基线"},
    "than:training-free": {"en": "the training-free floor", "zh": "免训练基线"},
    "conclusion": {"en": "In words", "zh": "结论"},
    "measured_on": {"en": "What was measured on what", "zh": "评估对象与数据"},
    "model": {"en": "model", "zh": "模型"},
    "data": {"en": "data", "zh": "数据"},
    "protocol": {"en": "protocol", "zh": "划分协议"},
    "seeds": {"en": "seeds", "zh": "随机种子"},
    "settings": {"en": "settings", "zh": "设置"},
    "test_size": {"en": "test", "zh": "测试集"},
    "test_counts": {
        "en": "{windows} windows of {recordings} recordings",
        "zh": "{recordings} 段记录，{windows} 个窗口",
    },
    "per_class": {"en": "Per class", "zh": "各类别"},
    "class": {"en": "class", "zh": "类别"},
    "warnings": {"en": "Warnings", "zh": "注意事项"},
    "left_out": {"en": "Left out", "zh": "未包含的内容"},
    "failed_files": {"en": "Files that could not be read", "zh": "未能读取的文件"},
    "file": {"en": "File", "zh": "文件"},
    "reason": {"en": "Reason", "zh": "原因"},
    "pictures": {"en": "Pictures", "zh": "图"},
    "undefined": {"en": "not defined", "zh": "无定义"},
}
"""Key -> language -> words."""


def evaluation_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> evaluation_phrase("calibration_error", "zh", value=0.05)
        '期望校准误差 5.0%'
    """
    return phrase_of(PHRASES, "evaluation phrase", key, lang).format(**values)
