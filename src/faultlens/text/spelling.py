"""Spelling that carries no meaning is taken off: case, width, hyphens, traditional characters."""

import re
import unicodedata

_TRADITIONAL = str.maketrans(
    "內軸滾動體環圈損傷剝點蝕裂紋鋼鏽銹斷壓劃擦無現狀態運轉則複雜組與機電頻帶邊架壞個異見發護隔離"
    "層縫縮鬆飛氣渦輪葉鑄銲濺條塊熱勞髒漬變彎長寬徑於處過鍵塗線顏滲間約釐夾質磚銳絲銅鋁鎂鈦鍛車鋸齒緣續駁乾淨",
    "内轴滚动体环圈损伤剥点蚀裂纹钢锈锈断压划擦无现状态运转则复杂组与机电频带边架坏个异见发护隔离"
    "层缝缩松飞气涡轮叶铸焊溅条块热劳脏渍变弯长宽径于处过键涂线颜渗间约厘夹质砖锐丝铜铝镁钛锻车锯齿缘续驳干净",
)


def plain(text: str) -> str:
    """The text in one spelling: width and case folded, simplified characters, no punctuation.

    Example:
        >>> plain("Outer-race  FAULT!"), plain("軸承內圈，故障")
        ('outer race fault', '轴承内圈 故障')
    """
    return " ".join(re.sub(r"[\W_]+", " ", folded(text)).split())


def folded(text: str) -> str:
    """The text with width, case and traditional characters folded; punctuation stays.

    Example:
        >>> folded("２×ＢＳＦ，內圈")
        '2×bsf,内圈'
    """
    return simplified(text).casefold()


def simplified(text: str) -> str:
    """The text with width and traditional characters folded; case and punctuation stay.

    Example:
        >>> simplified("３ＭＭ 長的劃痕")
        '3MM 长的划痕'
    """
    return unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter added, lost, changed or swapped with its neighbour makes the two equal.

    Source: Damerau, Commun. ACM 7 (1964) 171-176: the four single errors.

    Example:
        >>> one_slip_apart("fualt", "fault"), one_slip_apart("retaner", "retainer")
        (True, True)
        >>> one_slip_apart("detected", "defect")
        False
    """
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at] + one[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped == other[at:]
