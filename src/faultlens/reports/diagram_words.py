"""The fixed words of a model's pictures, one row per phrase, in every report language."""

import re

from faultlens.core.languages import checked_language

WORDS: dict[str, dict[str, str]] = {
    # titles
    "workflow_title": {"en": "Workflow", "zh": "工作流程"},
    "architecture_title": {"en": "Architecture", "zh": "模型结构"},
    "stages_title": {"en": "Training stages", "zh": "训练阶段"},
    "grid_title": {"en": "Ablation", "zh": "消融实验"},
    # lanes and cards
    "lane_signal": {"en": "VIBRATION", "zh": "振动"},
    "lane_language": {"en": "LANGUAGE", "zh": "语言"},
    "data": {"en": "data", "zh": "数据"},
    "classes": {"en": "classes", "zh": "类别"},
    "preparation": {"en": "preparation", "zh": "预处理"},
    "prompts": {"en": "prompts", "zh": "提示词"},
    "encoder": {"en": "encoder", "zh": "编码器"},
    "encoders": {"en": "encoders", "zh": "编码器"},
    "text_encoder": {"en": "text model", "zh": "文本模型"},
    "shared_space": {"en": "shared space", "zh": "共享空间"},
    "contrast": {"en": "contrast", "zh": "对比学习"},
    "adapter": {"en": "residual adapter", "zh": "残差适配器"},
    "judging": {"en": "evaluation", "zh": "评估与判定"},
    "no_adapter": {"en": "no adapter", "zh": "无适配器"},
    # values
    "dimensions": {"en": "{dim} dimensions, unit length", "zh": "{dim} 维，单位长度"},
    "cosine": {"en": "cosine of recording and sentence", "zh": "记录与语句的余弦相似度"},
    "frozen": {"en": "frozen", "zh": "冻结"},
    "trained": {"en": "trained", "zh": "训练"},
    "lora": {"en": "LoRA", "zh": "LoRA"},
    "absent": {"en": "not there yet", "zh": "尚未加入"},
    "weights": {"en": "{count} parameters", "zh": "{count} 个参数"},
    "of_weights": {"en": "{moving} of {count}", "zh": "{moving} / {count}"},
    "unknown_weights": {"en": "parameters not stored", "zh": "参数未随模型保存"},
    "members": {"en": "{count} members, mean direction", "zh": "{count} 个成员，取平均方向"},
    "not_stored": {
        "en": "layers are not in the model's files",
        "zh": "模型文件中不含其各层",
    },
    "likeness": {
        "en": "cosines between the classes, in their order",
        "zh": "各类别之间的余弦（按类别顺序）",
    },
    "own_sentences": {"en": "yours, or the knowledge base's", "zh": "用户语句或知识库语句"},
    "more_layers": {"en": "… {count} more layers", "zh": "……另有 {count} 层"},
    "more": {"en": "and {count} more", "zh": "另有 {count} 项"},
    "points": {"en": "unit rows of {dim} numbers", "zh": "{dim} 维单位行向量"},
    "moving_total": {
        "en": "moves {moving} of {count} parameters ({share})",
        "zh": "更新 {count} 个参数中的 {moving} 个（{share}）",
    },
    "stage": {"en": "Stage {number}", "zh": "阶段 {number}"},
    "settings": {"en": "Settings", "zh": "设置"},
    "runs": {"en": "{product} = {count} runs", "zh": "{product} = {count} 次运行"},
    "same_for_all": {"en": "The same in every run", "zh": "所有运行相同"},
    "share_bar": {
        "en": "bar: share of the tower's parameters",
        "zh": "横条：占该编码器参数的比例",
    },
    "input": {"en": "input", "zh": "输入"},
    "output": {"en": "output {shape}", "zh": "输出 {shape}"},
    # names of rows
    "reading": {"en": "reading", "zh": "读取方式"},
    "readings": {"en": "readings", "zh": "读取方式"},
    "reference": {"en": "hash", "zh": "哈希"},
    "sentences": {"en": "sentences", "zh": "语句"},
    "prototypes": {"en": "class prototypes", "zh": "类别原型"},
    "outside_meanings": {"en": "other meanings", "zh": "其他含义"},
    "line_features": {"en": "line features", "zh": "谱线特征数"},
    "order_channels": {"en": "order channels", "zh": "阶次通道数"},
    "validation_examples": {"en": "held out", "zh": "留出样本数"},
    "validation_windows": {"en": "windows held out", "zh": "留出窗口数"},
    "smoothing": {"en": "label smoothing", "zh": "标签平滑"},
    "healthy_recordings": {"en": "healthy recordings", "zh": "健康记录数"},
    "simulated_accuracy": {"en": "accuracy, simulated", "zh": "仿真准确率"},
    "compound": {"en": "compound faults", "zh": "复合故障"},
    "types": {"en": "fault types", "zh": "故障类型"},
    "rule_share": {"en": "share of the rule", "zh": "规则占比"},
    "sharpness": {"en": "sharpness", "zh": "锐度"},
    "accuracy": {"en": "accuracy", "zh": "准确率"},
    "alarm_threshold": {"en": "alarm threshold", "zh": "报警阈值"},
    "batch_size": {"en": "batch size", "zh": "批大小"},
    "bottleneck": {"en": "bottleneck", "zh": "瓶颈宽度"},
    "calibrated": {"en": "calibrated", "zh": "校准"},
    "calibration": {"en": "calibration", "zh": "校准"},
    "conditions": {"en": "conditions", "zh": "工况"},
    "dim": {"en": "dimensions", "zh": "维数"},
    "epochs": {"en": "epochs", "zh": "训练轮数"},
    "examples": {"en": "examples", "zh": "样本数"},
    "false_alarm_rate": {"en": "false alarms", "zh": "误报率"},
    "language_model": {"en": "language model", "zh": "语言模型"},
    "learning_rate": {"en": "learning rate", "zh": "学习率"},
    "loss": {"en": "loss", "zh": "损失函数"},
    "machines": {"en": "machines", "zh": "机器"},
    "parameters": {"en": "parameters", "zh": "参数量"},
    "accumulate": {"en": "batches per step", "zh": "梯度累积批数"},
    "augment": {"en": "augmentation", "zh": "数据增强强度"},
    "best_adapter": {"en": "held out, adapter", "zh": "留出集（适配器）"},
    "best_zero_shot": {"en": "held out, contrastive", "zh": "留出集（对比）"},
    "clip": {"en": "gradient clip", "zh": "梯度裁剪"},
    "compound_share": {"en": "share of compounds", "zh": "复合故障占比"},
    "dataset": {"en": "data set", "zh": "数据集"},
    "dtype": {"en": "weights held as", "zh": "权重精度"},
    "first_seed": {"en": "first seed", "zh": "首个种子"},
    "kind": {"en": "array", "zh": "数组类型"},
    "lines_epochs": {"en": "epochs, lines", "zh": "训练轮数（谱线）"},
    "lines_members": {"en": "members, lines", "zh": "成员数（谱线）"},
    "mixture_weights": {"en": "mixed by", "zh": "混合权重"},
    "orders_epochs": {"en": "epochs, orders", "zh": "训练轮数（阶次）"},
    "orders_members": {"en": "members, orders", "zh": "成员数（阶次）"},
    "orders_share": {"en": "share of orders", "zh": "阶次占比"},
    "patience": {"en": "patience, epochs", "zh": "早停轮数"},
    "precision": {"en": "precision", "zh": "计算精度"},
    "temperature": {"en": "temperature", "zh": "温度"},
    "validation": {"en": "share held out", "zh": "留出比例"},
    "validation_first_seed": {"en": "first seed, held out", "zh": "首个种子（留出）"},
    "warmup": {"en": "warm-up", "zh": "预热比例"},
    "waveform_epochs": {"en": "epochs, waveform", "zh": "训练轮数（波形）"},
    "waveform_members": {"en": "members, waveform", "zh": "成员数（波形）"},
    "waveform_types": {"en": "types, waveform", "zh": "类型权重（波形）"},
    "weight_decay": {"en": "weight decay", "zh": "权重衰减"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "pooling": {"en": "pooling", "zh": "池化"},
    "prompt": {"en": "prompt", "zh": "提示词"},
    "recordings": {"en": "recordings", "zh": "记录数"},
    "rule": {"en": "rule beside it", "zh": "并行规则"},
    "sample_rate_hz": {"en": "sample rate, Hz", "zh": "采样率（Hz）"},
    "scale": {"en": "scale", "zh": "尺度"},
    "seed": {"en": "seed", "zh": "随机种子"},
    "seeds": {"en": "seeds", "zh": "随机种子"},
    "specimens": {"en": "specimens", "zh": "试件"},
    "source": {"en": "source", "zh": "来源"},
    "text_model": {"en": "text model", "zh": "文本模型"},
    "text_projection": {"en": "text projection", "zh": "文本投影"},
    "weight_signal": {"en": "weight, recording to text", "zh": "权重（记录到文本）"},
    "weight_text": {"en": "weight, text to recording", "zh": "权重（文本到记录）"},
    "window": {"en": "window, samples", "zh": "窗口（点）"},
    "windows": {"en": "windows", "zh": "窗口数"},
    "width": {"en": "width", "zh": "宽度"},
    "lines": {"en": "lines", "zh": "谱线"},
    "orders": {"en": "orders", "zh": "阶次"},
    "waveform": {"en": "waveform", "zh": "波形"},
    "zero_shot": {"en": "contrastive pre-training", "zh": "对比预训练"},
    "adapter_stage": {"en": "adapter tuning", "zh": "适配器微调"},
    "text_stage": {"en": "text tower", "zh": "文本塔"},
    "encoder_stage": {"en": "vibration encoders", "zh": "振动编码器"},
    "calibration_stage": {"en": "calibration", "zh": "校准"},
    "healthy": {"en": "healthy", "zh": "正常"},
    "outer": {"en": "outer race", "zh": "外圈"},
    "inner": {"en": "inner race", "zh": "内圈"},
    "ball": {"en": "rolling element", "zh": "滚动体"},
    "cage": {"en": "cage", "zh": "保持架"},
    "unknown": {"en": "unknown", "zh": "未知"},
}
"""Key -> language -> words."""

JOINED = re.compile(r"( / | \+ | × )")
"""Signs between words of a value; kept by the split."""


def told(key: str, lang: str, **values: object) -> str:
    """The words for a key; a name without a row is shown as it is, its underscores as spaces.

    Args:
        key: a row of `WORDS`, or a name that the model's own files use.
        lang: "en" or "zh".
        values: what the phrase leaves open.

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> told("epochs", "zh"), told("my_own", "zh"), told("more", "en", count=3)
        ('训练轮数', 'my own', 'and 3 more')
    """
    checked_language(lang)
    if key not in WORDS:
        return key.replace("_", " ")
    return WORDS[key][lang].format(**values)


def headed(key: str, lang: str) -> str:
    """The words for a key as they stand at the head of something.

    Args:
        key: as for `told`.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> headed("text_model", "en")
        'Text model'
    """
    words = told(key, lang)
    return words[:1].upper() + words[1:]


def told_value(value: str, lang: str) -> str:
    """A value with the words in it that are known, between the signs that join them.

    Args:
        value: such as "0.5 × lines + 0.5 × orders".
        lang: "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> told_value("0.6 × lines + 0.4 × orders", "zh"), told_value("a_b.csv", "zh")
        ('0.6 × 谱线 + 0.4 × 阶次', 'a_b.csv')
    """
    parts = JOINED.split(value)
    return "".join(told(x, lang) if x in WORDS else x for x in parts)


def counted(number: int) -> str:
    """A count as people read it: thousands and millions to three digits.

    Example:
        >>> counted(960), counted(52224), counted(6320303)
        ('960', '52.2 k', '6.32 M')
    """
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return (
                f"{number / size:.3g} {unit}"
                if number < 999.5 * size
                else f"{number // size} {unit}"
            )
    return str(number)


def shaped(shape: tuple[int | str, ...]) -> str:
    """A shape as people write it.

    Example:
        >>> shaped((48, 586))
        '48 × 586'
    """
    return " × ".join(map(str, shape))
