"""Captions of rendered pictures: what was drawn, how large, which way, where, on what."""

import numpy as np
from numpy.typing import NDArray

from faultlens.images.simulator.concepts import CONCEPTS
from faultlens.images.simulator.wording import Wording

PROCESS_WORDS: dict[str, Wording] = {
    "hot_rolled": Wording("hot-rolled steel", "热轧钢"),
    "cold_rolled": Wording("cold-rolled sheet", "冷轧板"),
    "brushed": Wording("brushed metal", "拉丝金属"),
    "ground": Wording("ground metal", "磨削金属"),
    "turned": Wording("turned metal", "车削金属"),
    "milled": Wording("milled metal", "铣削金属"),
    "cast": Wording("a casting", "铸件"),
    "sand_cast": Wording("a sand casting", "砂型铸件"),
    "blasted": Wording("shot-blasted metal", "喷丸金属"),
    "polished": Wording("polished metal", "抛光金属"),
    "forged": Wording("a forging", "锻件"),
    "ferrite": Wording("a magnetic tile", "磁瓦"),
    "coated": Wording("a coated surface", "涂层表面"),
}
PART_WORDS: dict[str, Wording] = {
    "sheet": Wording("", ""),
    "edge": Wording("with an edge", "边缘处"),
    "corner": Wording("with a corner", "边角处"),
    "tile": Wording("seen whole", "整体"),
    "bar": Wording("of round shape", "圆柱面"),
    "hole": Wording("with a hole", "带孔"),
    "rim": Wording("with a round rim", "圆形轮缘"),
    "step": Wording("with a shoulder", "轴肩处"),
    "slot": Wording("with a keyway", "键槽处"),
    "weld": Wording("with a weld seam", "焊缝处"),
    "thread": Wording("with a thread", "螺纹处"),
    "blade": Wording("at the edge of a blade", "叶片边缘"),
}
LOOKS: dict[str, Wording] = {
    "hairline": Wording("hairline", "细"),
    "open": Wording("open", "张开"),
    "branched": Wording("branched", "分叉"),
    "dark": Wording("dark", "深色"),
    "bright": Wording("bright", "亮色"),
    "single": Wording("single", "单个"),
    "several": Wording("several", "多处"),
    "many": Wording("many", "密集"),
    "net": Wording("net-like", "网状"),
    "ticks": Wording("short dense", "短而密"),
    "dense": Wording("dense", "密集"),
    "parallel": Wording("parallel", "平行"),
    "from_edge": Wording("starting at an edge", "起于边缘"),
    "round": Wording("round", "圆形"),
    "elongated": Wording("elongated", "条状"),
    "rounded": Wording("rounded", "圆滑"),
    "seam": Wording("seam-like", "接缝状"),
    "jagged": Wording("jagged", "不规则"),
    "sponge": Wording("spongy", "海绵状"),
    "cluster": Wording("clustered", "成簇"),
    "everywhere": Wording("widespread", "大面积"),
    "band": Wording("in bands", "带状"),
    "flakes": Wording("flaky", "鳞片状"),
    "rough": Wording("rough", "粗糙"),
    "wide": Wording("extensive", "大面积"),
    "spots": Wording("spotty", "斑点状"),
    "blotchy": Wording("blotchy", "斑驳"),
    "two_tone": Wording("two-tone", "两种色调"),
    "waves": Wording("wavy", "波纹状"),
    "bumpy": Wording("bumpy", "起伏"),
    "soft": Wording("soft-edged", "边界模糊"),
    "stain": Wording("stain-like", "污斑状"),
    "fingerprint": Wording("fingerprint", "指纹"),
    "fibre": Wording("fibre", "纤维"),
    "drops": Wording("drop-shaped", "液滴状"),
    "smear": Wording("smeared", "涂抹状"),
    "chips": Wording("chips of swarf", "切屑"),
    "dust": Wording("dusty", "粉尘"),
    "blisters": Wording("blistered", "起泡"),
    "islands": Wording("sharp-edged", "边界清晰"),
    "glare": Wording("glaring", "刺眼"),
    "kink": Wording("kinked", "折弯"),
    "buckled": Wording("buckled", "翘曲"),
    "bent": Wording("bent", "弯曲"),
    "undercut": Wording("undercut", "咬边"),
    "pores": Wording("porous", "气孔"),
    "spatter": Wording("spatter", "飞溅"),
    "burn_through": Wording("burnt through", "烧穿"),
    "lack_of_fusion": Wording("not fused", "未熔合"),
    "uneven_bead": Wording("uneven bead", "焊道不齐"),
    "weld_crack": Wording("cracked", "开裂"),
    "flattened": Wording("flattened", "压扁"),
    "torn": Wording("torn", "撕裂"),
    "missing": Wording("missing", "缺失"),
    "frayed": Wording("frayed", "毛糙"),
    "fringe": Wording("fringed", "毛边"),
    "missing_piece": Wording("missing piece", "缺块"),
    "worn": Wording("worn", "磨损"),
    "nick": Wording("nicked", "缺口"),
    "crater": Wording("cratered", "坑状"),
    "at_edge": Wording("edge", "边缘"),
}
"""What a defect looks like, by key; keys without words are told by the measured orientation."""
_SIZES = (
    (0.01, Wording("small", "细小")),
    (0.08, Wording("", "")),
    (1.1, Wording("large", "大面积")),
)
WAYS = (
    Wording("horizontal", "水平"),
    Wording("vertical", "竖直"),
    Wording("diagonal", "斜向"),
)
"""Directions of long defects, within the picture: told where a mask is drawn out."""
_ROWS = (Wording("upper", "上"), Wording("", ""), Wording("lower", "下"))
_COLUMNS = (Wording("left", "左"), Wording("", ""), Wording("right", "右"))


def orientation(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Direction of a mask's longer axis and how much longer it is.

    Args:
        mask: pixels of a defect, (row, column).

    Returns:
        angle from the rows' direction, rad, 0 to pi; ratio of the axes, 1 or more.

    Example:
        >>> angle, ratio = orientation(np.eye(9, dtype=bool))
        >>> round(angle, 3), ratio > 5
        (0.785, True)
    """
    rows, columns = np.nonzero(mask)
    if len(rows) < 3:
        return 0.0, 1.0
    down, right = rows - rows.mean(), columns - columns.mean()
    mixed = float(down @ right)
    spread = np.array([[right @ right, mixed], [mixed, down @ down]]) / len(rows)
    spread += 0.1 * np.eye(2)
    values, vectors = np.linalg.eigh(spread)
    angle = float(np.arctan2(vectors[1, 1], vectors[0, 1]) % np.pi)
    return angle, float(np.sqrt(values[1] / values[0]))


def caption(
    concepts: tuple[str, ...],
    looks: tuple[str, ...],
    mask: NDArray[np.bool_],
    process: str,
    part: str,
) -> Wording:
    """A caption from what was drawn.

    Args:
        concepts: keys of the defects, the main one first; () for a clean surface.
        looks: what the main one looks like, keys of `LOOKS`.
        mask: its pixels, (row, column).
        process: key of the process.
        part: key of the part.

    Example:
        >>> caption((), (), np.zeros((9, 9), bool), "ground", "sheet").en
        'no defect on ground metal'
    """
    what = defect_words(concepts, looks, mask)
    where = placed_words(mask)
    on_en = f"on {PROCESS_WORDS[process].en} {PART_WORDS[part].en}".strip()
    on_zh = f"{PROCESS_WORDS[process].zh}{PART_WORDS[part].zh}"
    return Wording(f"{what.en} {on_en}{where.en}", f"{on_zh}，{what.zh}{where.zh}")


def defect_words(
    concepts: tuple[str, ...], looks: tuple[str, ...], mask: NDArray[np.bool_]
) -> Wording:
    """A defect in words: size, look, direction, name.

    Args:
        concepts: keys of the defects, the main one first; () for none.
        looks: what the main one looks like, keys of `LOOKS`.
        mask: its pixels, (row, column).

    Example:
        >>> defect_words(("crack",), ("hairline",), np.eye(40, dtype=bool)).en
        'hairline diagonal crack'
    """
    names = [CONCEPTS[each].name for each in concepts]
    if not names:
        return Wording("no defect", "无缺陷")
    front = [LOOKS[each] for each in looks if each in LOOKS]
    if mask.any():
        share = float(mask.mean())
        front.insert(0, next(words for limit, words in _SIZES if share <= limit))
        angle, ratio = orientation(mask)
        flat = min(angle, np.pi - angle)
        if ratio > 2.5:
            front.append(WAYS[0] if flat < 0.4 else WAYS[1] if flat > 1.17 else WAYS[2])
    en = " ".join(each.en for each in [*front, names[0]] if each.en)
    zh = "、".join(each.zh for each in front if each.zh)
    zh = f"{zh}的{names[0].zh}" if zh else names[0].zh
    for also in names[1:]:
        en, zh = f"{en} and {also.en}", f"{zh}和{also.zh}"
    return Wording(en, zh)


def placed_words(mask: NDArray[np.bool_]) -> Wording:
    """Where in the picture a mask lies, in words; none where it is nowhere or everywhere.

    Args:
        mask: pixels of a defect, (row, column).

    Example:
        >>> corner = np.zeros((9, 9), bool)
        >>> corner[0, 0] = True
        >>> placed_words(corner).en
        ', upper left of the picture'
    """
    if not mask.any() or float(mask.mean()) > 0.3:
        return Wording("", "")
    rows, columns = np.nonzero(mask)
    down = int(3 * rows.mean() / mask.shape[0])
    right = int(3 * columns.mean() / mask.shape[1])
    en = f"{_ROWS[down].en} {_COLUMNS[right].en}".strip() or "middle"
    zh = f"{_ROWS[down].zh}{_COLUMNS[right].zh}" or "中"
    return Wording(f", {en} of the picture", f"，位于画面{zh}部")
