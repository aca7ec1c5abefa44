"""What monitoring says to people: one sentence per cause, in both languages."""

from faultlens.core.languages import LANGUAGES
from faultlens.core.notice import Notice

_SENSOR = {
    "gain": Notice(
        "all bands of its spectrum moved by the same ratio: the sensitivity of the accelerometer "
        "or its amplifier has changed",
        "频谱各频带按同一比例变化：加速度计或其放大器的灵敏度改变了",
    ),
    "noise": Notice(
        "noise was added to every frame alike: check cable, grounding, or the camera's gain",
        "每一帧都叠加了噪声：请检查电缆、接地或相机增益",
    ),
    "blur": Notice(
        "fine detail is lost while brightness and coarse detail stayed: the lens is out of focus "
        "or dirty",
        "细节丢失而亮度和粗结构未变：镜头失焦或脏污",
    ),
    "dark": Notice(
        "it has become darker at every size of detail alike: check lamp, exposure and aperture",
        "各尺度细节同样变暗：请检查光源、曝光和光圈",
    ),
    "bright": Notice(
        "it has become brighter at every size of detail alike: check lamp, exposure, stray light",
        "各尺度细节同样变亮：请检查光源、曝光和杂散光",
    ),
    "frozen": Notice(
        "it sends the same picture again and again: the camera or scanner has frozen",
        "反复发送同一幅图像：相机或扫描仪已卡死",
    ),
    "dead": Notice(
        "its signal stands still or is missing: the accelerometer or its cable is dead",
        "信号静止或缺失：加速度计或其电缆已失效",
    ),
    "saturated": Notice(
        "its samples stand at the end of their range: the accelerometer is overloaded",
        "采样值停在量程端点：加速度计过载",
    ),
    "blind": Notice(
        "nearly all points of its scans are missing: the part is out of the scanner's range, its "
        "laser is off, or its window is dirty",
        "扫描点几乎全部缺失：零件超出量程、激光关闭或窗口脏污",
    ),
}
"""Fault of a sensor -> how it showed and where to look."""

_MEASURES = {
    "embedding": ("what the model sees", "模型所见"),
    "spectrum": ("spectrum", "频谱"),
    "together": ("all measures together", "各项指标综合"),
    "score": ("scores", "得分"),
    "alarms": ("share of alarms", "报警比例"),
    "brightness": ("brightness", "亮度"),
    "contrast": ("contrast", "对比度"),
    "rms": ("level", "有效值"),
    "kurtosis": ("kurtosis", "峭度"),
    "dark": ("dark pixels", "暗像素"),
    "saturated": ("saturated pixels", "饱和像素"),
    "clipped": ("clipped samples", "削波样本"),
    "dead": ("dead samples", "失效样本"),
    "points": ("measured points", "测点数"),
    "missing": ("missing points", "缺失点"),
    "relief_mm": ("relief (mm)", "起伏（mm）"),
    "noise_mm": ("height noise (mm)", "高度噪声（mm）"),
    "detail_1": ("detail of 1 px", "1 像素细节"),
    "detail_2": ("detail of 2 px", "2 像素细节"),
    "detail_4": ("detail of 4 px", "4 像素细节"),
    "detail_8": ("detail of 8 px", "8 像素细节"),
}
"""Measure -> its name in both languages; others are called as the detector calls them."""

_NAMED = 4
"""Measures that a sentence lists."""


def measure_name(name: str, lang: str) -> str:
    """How a measure is called.

    Args:
        name: key of it.
        lang: "en" or "zh".

    Example:
        >>> measure_name("rms", "en"), measure_name("rms", "zh")
        ('level', '有效值')
    """
    return _MEASURES.get(name, (name, name))[LANGUAGES.index(lang)]


def sensor_notice(place: str, cause: str) -> Notice:
    """That a sensor is faulty.

    Args:
        place: source and channel.
        cause: fault of it.

    Example:
        >>> sensor_notice("camera", "frozen").en
        'camera: it sends the same picture again and again: the camera or scanner has frozen.'
    """
    said = _SENSOR[cause]
    return Notice(f"{place}: {said.en}.", f"{place} 的传感器异常：{said.zh}。")


def drift_notice(place: str, cause: str, measures: list[str], frames: int) -> Notice:
    """That frames no longer look as the reference.

    Args:
        place: source and channel.
        cause: "process", or a fault of the sensor.
        measures: that moved, the clearest first.
        frames: since about when.

    Example:
        >>> drift_notice("hall/pump", "process", ["spectrum", "rms"], 60).en
        'hall/pump has changed since about 60 frames (spectrum, level): the process itself, ...'
    """
    named = measures[:_NAMED]
    en = ", ".join(measure_name(x, "en") for x in named)
    zh = "、".join(measure_name(x, "zh") for x in named)
    if cause == "process":
        why = Notice(
            "the process itself, such as load, speed, part or material, since no fault of the "
            "sensor looks so. Look at the picture; if it is meant to be so, calibrate the profile "
            "anew and take a new reference",
            "过程本身发生了变化，例如负载、转速、零件或材料，因为传感器故障不会如此。"
            "请查看图片；若属预期，请重新标定档案并建立新的参考",
        )
    else:
        why = _SENSOR[cause]
    return Notice(
        f"{place} has changed since about {frames} frames ({en}): {why.en}.",
        f"{place} 自约 {frames} 帧前起发生变化（{zh}）：{why.zh}。",
    )


def back_notice(place: str) -> Notice:
    """That all is as it was.

    Args:
        place: source and channel.

    Example:
        >>> back_notice("camera").en
        'camera looks as it did before.'
    """
    return Notice(f"{place} looks as it did before.", f"{place} 已恢复原状。")


def reference_notice(place: str, frames: int, settled: bool) -> Notice:
    """That a reference was taken.

    Args:
        place: source and channel.
        frames: that it is made of.
        settled: whether they stood still.

    Example:
        >>> reference_notice("camera", 500, settled=True).en
        'camera: 500 frames were taken as its reference.'
    """
    if settled:
        return Notice(
            f"{place}: {frames} frames were taken as its reference.",
            f"{place}：已取 {frames} 帧作为参考。",
        )
    return Notice(
        f"{place}: {frames} frames were taken as its reference although they never stood still; "
        "only changes larger than that wandering will be noticed. Take a new reference once the "
        "machine is warm.",
        f"{place}：已取 {frames} 帧作为参考，但其间始终未稳定；只能发现大于该波动的变化。"
        "请在设备热稳定后重新建立参考。",
    )


def anew_notice(place: str) -> Notice:
    """That a new reference is taken.

    Args:
        place: source and channel.

    Example:
        >>> anew_notice("camera").en[:36]
        'camera: its frames are judged anew ('
    """
    return Notice(
        f"{place}: its frames are judged anew (another model, profile or size), so a new reference "
        "is taken.",
        f"{place}：其帧的判断方式已改变（模型、档案或尺寸不同），正在建立新的参考。",
    )


def damaged_notice(place: str, why: str) -> Notice:
    """That a reference on disk cannot be used.

    Args:
        place: source and channel.
        why: in words.

    Example:
        >>> damaged_notice("camera", "cut off").en
        'camera: its reference cannot be read (cut off); a new one is taken.'
    """
    return Notice(
        f"{place}: its reference cannot be read ({why}); a new one is taken.",
        f"{place}：无法读取其参考（{why}）；正在重新建立。",
    )
