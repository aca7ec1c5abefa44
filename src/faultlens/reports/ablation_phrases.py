"""The fixed words of an ablation's picture and page, one row per phrase, in every language."""

from collections.abc import Mapping

from faultlens.core.languages import checked_language
from faultlens.reports import diagram_words
from faultlens.reports.phrases import phrase_of

PHRASES: dict[str, dict[str, str]] = {
    "title": {"en": "Ablation", "zh": "消融实验"},
    "with_adapter": {"en": "adapter", "zh": "有适配器"},
    "without_adapter": {"en": "no adapter", "zh": "无适配器"},
    "with": {"en": "{name}", "zh": "有{name}"},
    "without": {"en": "no {name}", "zh": "无{name}"},
    "all_cells": {"en": "all combinations", "zh": "全部组合"},
    # the picture
    "forest": {"en": "Macro F1 of every combination", "zh": "各组合的宏平均 F1"},
    "forest_note": {
        "en": "Mean of {seeds} and its 95 % interval over {over} and trainings; small marks are "
        "the single trainings.",
        "zh": "{seeds}的平均值及其 95 % 区间（对{over}与训练作自助抽样）；小标记为各次训练。",
    },
    "one_training": {"en": "one training", "zh": "一次训练"},
    "many_trainings": {"en": "{count} trainings", "zh": "{count} 次训练"},
    "gaps": {"en": "Paired differences", "zh": "配对差值"},
    "gaps_note": {
        "en": "Macro F1 less that of the first value, on the same recordings, mean over all "
        "combinations of the others.",
        "zh": "与该项第一个取值的宏平均 F1 之差：同一批记录，对其余各项的所有组合取平均。",
    },
    "against": {"en": "{value} against {baseline}", "zh": "{value} 对比 {baseline}"},
    # the verdicts
    "better": {"en": "better", "zh": "更好"},
    "worse": {"en": "worse", "zh": "更差"},
    "same": {"en": "not to be told apart", "zh": "无法区分"},
    "not_compared": {"en": "not compared", "zh": "未比较"},
    # the page
    "grid": {"en": "What is varied", "zh": "实验设计"},
    "cells": {"en": "Every combination", "zh": "各组合的结果"},
    "differences": {"en": "What each change does", "zh": "各项改变的作用"},
    "change": {"en": "change", "zh": "改变"},
    "combinations": {"en": "combinations", "zh": "组合数"},
    "verdict": {"en": "macro F1 is", "zh": "宏平均 F1"},
    "accuracy": {"en": "accuracy", "zh": "准确率"},
    "macro_f1": {"en": "macro F1", "zh": "宏平均 F1"},
    "macro_auroc": {"en": "macro AUROC", "zh": "宏平均 AUROC"},
    "ece": {"en": "calibration error", "zh": "期望校准误差"},
    "spread": {"en": "accuracy by seed", "zh": "各种子准确率"},
    "seeds": {"en": "seeds", "zh": "随机种子"},
    "seconds": {"en": "training, s", "zh": "训练用时（秒）"},
    "notes": {"en": "How to read the intervals", "zh": "区间说明"},
    "conclusion": {"en": "In words", "zh": "结论"},
    "warnings": {"en": "Warnings", "zh": "注意事项"},
    "facts": {"en": "What was trained and tested on what", "zh": "训练与测试的数据"},
    "failed": {"en": "Combinations that gave no result", "zh": "没有结果的组合"},
    "failed_files": {"en": "Files that could not be read", "zh": "未能读取的文件"},
    "combination": {"en": "combination", "zh": "组合"},
    "file": {"en": "file", "zh": "文件"},
    "reason": {"en": "reason", "zh": "原因"},
    "data": {"en": "data", "zh": "数据"},
    "protocol": {"en": "protocol", "zh": "划分协议"},
    "train_data": {"en": "training data", "zh": "训练数据"},
    "test_data": {"en": "test data", "zh": "测试数据"},
    "dataset": {"en": "layout", "zh": "数据格式"},
    "by": {"en": "held out one by one", "zh": "逐一留出"},
    "splits": {"en": "splits", "zh": "划分"},
    "by_split": {"en": "Accuracy on each split", "zh": "各划分上的准确率"},
    "test_size": {"en": "test", "zh": "测试集"},
    "test_counts": {
        "en": "{windows} windows of {recordings} recordings",
        "zh": "{recordings} 段记录，{windows} 个窗口",
    },
    "settings": {"en": "settings of all", "zh": "共同设置"},
    "own_split": {"en": "the data's own split", "zh": "数据集自带划分"},
}
"""Key -> language -> words."""


def ablation_phrase(key: str, lang: str = "en", **values: object) -> str:
    """The words for `key` in the language `lang`, with values filled in.

    Args:
        key: a row of `PHRASES`.
        lang: "en" or "zh".
        values: what its gaps are filled with.

    Raises:
        UnknownNameError: no such phrase or language; the message lists the known ones.

    Example:
        >>> ablation_phrase("against", "zh", value="lstm", baseline="static")
        'lstm 对比 static'
    """
    return phrase_of(PHRASES, "ablation phrase", key, lang).format(**values)


def axis_words(name: str, lang: str = "en") -> str:
    """What is varied, in words.

    Args:
        name: as a recipe has it; what stands before a dot is left out.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> axis_words("training.learning_rate"), axis_words("text_model", "zh")
        ('learning rate', '文本模型')
    """
    return diagram_words.told(name.rpartition(".")[2], lang)


def value_words(name: str, value: object, lang: str = "en") -> str:
    """A value of what is varied, in words: what stands in tables and pictures.

    Args:
        name: of what is varied.
        value: one of its values; a table goes by its name.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> value_words("adapter", True), value_words("prompt", ["{}"]), value_words("epochs", 20)
        ('adapter', '"{}"', 'epochs 20')
    """
    checked_language(lang)
    if isinstance(value, bool):
        key = "with" if value else "without"
        known = f"{key}_{name}"
        if known in PHRASES:
            return ablation_phrase(known, lang)
        return ablation_phrase(key, lang, name=axis_words(name, lang))
    if isinstance(value, Mapping):
        told = (f"{k} {x}" for k, x in value.items())
        return str(value.get("name") or ", ".join(told))
    if isinstance(value, list | tuple):
        return " + ".join(f'"{x}"' for x in value)
    if name in ("prompt", "text.prompts"):
        return f'"{value}"'
    if isinstance(value, int | float) or value == "none":
        return f"{axis_words(name, lang)} {value}"
    return str(value)
