"""Sizes, numbers, directions and places are read out of a sentence, and nothing else is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.text.conditions import ABOUT, Condition, read_conditions

PLAIN = [
    ("0.5 mm long transverse crack", "transverse crack", "length", "about", 0.5),
    ("0.5mm长的横向裂纹", "横向裂纹", "length", "about", 0.5),
    ("corrosion pit 3 mm across", "corrosion pit", "diameter", "about", 3),
    ("直径3mm的腐蚀坑", "腐蚀坑", "diameter", "about", 3),
    ("0,5 mm crack", "crack", "length", "about", 0.5),
    ("2 cm long scratch", "scratch", "length", "about", 20),
    ("a scratch 100 µm wide", "a scratch", "width", "about", 0.1),
    ("a scratch 100 microns wide", "a scratch", "width", "about", 0.1),
    ("1/2 inch crack", "crack", "length", "about", 12.7),
    ('2" scratch', "scratch", "length", "about", 50.8),
    ("crack 2 in long", "crack", "length", "about", 50.8),
    ("an inclusion of roughly 1,200 µm", "an inclusion", "length", "about", 1.2),
    ("0.5-mm-long crack", "crack", "length", "about", 0.5),
    ("two millimetre wide groove", "groove", "width", "about", 2),
    ("约3毫米宽的划痕", "划痕", "width", "about", 3),
    ("dent of 3 mm diameter", "dent", "diameter", "about", 3),
    ("dent with a diameter of 3 mm", "dent", "diameter", "about", 3),
    ("Ø 3 mm pit", "pit", "diameter", "about", 3),
    ("φ3mm的气孔", "气孔", "diameter", "about", 3),
    ("1 200 mm long scratch", "scratch", "length", "about", 1200),
    ("划痕，长度3毫米左右", "划痕", "length", "about", 3),
]
BOUNDED = [
    ("a transverse crack longer than 0.5 mm", "a transverse crack", "length", ">", 0.5, None),
    ("linear scratch with light reflection, width < 0.5mm", "linear scratch with light reflection",
     "width", "<", None, 0.5),
    ("宽度小于0.5mm的线状划痕", "线状划痕", "width", "<", None, 0.5),
    ("scratch between 1 and 2 mm wide", "scratch", "width", "between", 1, 2),
    ("scratch 1 to 2 mm wide", "scratch", "width", "between", 1, 2),
    ("scratch 2-1 mm wide", "scratch", "width", "between", 1, 2),
    ("直径2到3毫米的气孔", "气孔", "diameter", "between", 2, 3),
    ("crack from 0.5 mm to 1 cm", "crack", "length", "between", 0.5, 10),
    ("3 mm ± 0.5 mm crack", "crack", "length", "between", 2.5, 3.5),
    ("scratch at least 5 mm long", "scratch", "length", ">=", 5, None),
    ("crack no longer than 3 cm", "crack", "length", "<=", None, 30),
    ("不超过0.5mm的裂纹", "裂纹", "length", "<=", None, 0.5),
    ("5毫米以上的划痕", "划痕", "length", ">=", 5, None),
    ("a 3 mm pit or larger", "a pit", "length", ">=", 3, None),
    ("pits 20 px or larger", "pits", "length", ">=", 20, None),
    ("三个像素宽以下的划痕", "划痕", "width", "<=", None, 3),
    ("rust covering more than 10 % of the surface", "rust", "area", ">", 10, None),
    ("面积大于4平方毫米的锈斑", "锈斑", "area", ">", 4, None),
    ("rust patch larger than 2 cm²", "rust patch", "area", ">", 200, None),
    ("pit deeper than 0.1 mm", "pit", "depth", ">", 0.1, None),
    ("bump higher than 0.2 mm", "bump", "depth", ">", 0.2, None),
    ("burr lower than 100 µm", "burr", "depth", "<", None, 0.1),
    ("高度大于0.2毫米的飞溅", "飞溅", "depth", ">", 0.2, None),
    ("pit with a volume over 2 mm³", "pit", "volume", ">", 2, None),
    ("pit larger than 0.5 cm3", "pit", "volume", ">", 500, None),
    ("体积大于2立方毫米的凹坑", "凹坑", "volume", ">", 2, None),
    ("more than three pits", "pits", "count", ">", 3, None),
    ("at least 2 deep scratches", "deep scratches", "count", ">=", 2, None),
    ("两条裂纹", "裂纹", "count", "exactly", 2, 2),
    ("3处以上的麻点", "麻点", "count", ">=", 3, None),
]  # fmt: skip
PLACES = [
    ("scratch near the left edge", "scratch", "left edge"),
    ("pit in the upper right corner", "pit", "upper right"),
    ("crack at the edge", "crack", "edge"),
    ("dent in the middle of the picture", "dent", "centre"),
    ("a scratch on the left side", "a scratch", "left"),
    ("左上角的凹坑", "凹坑", "upper left"),
    ("位于右侧边缘的毛刺", "毛刺", "right edge"),
    ("划痕在图像下方", "划痕", "bottom"),
    ("靠近边缘的裂纹", "裂纹", "edge"),
]
UNTOUCHED = [
    "crack at the edge of the keyway", "leading edge wear", "corrosion at flange",
    "thermal fatigue crack at blade root", "mark left by a tool", "法兰边缘处腐蚀", "边缘崩缺",
    "304 stainless steel scratches", "M8 thread damage", "一条裂纹", "均匀一致的表面",
    "rolled-in scale", "缺了一角", "chipped corner",
]  # fmt: skip


def only(conditions: tuple[Condition, ...]) -> Condition:
    sizes = [x for x in conditions if x.quantity != "orientation"]
    assert len(sizes) == 1
    return sizes[0]


@pytest.mark.parametrize(("sentence", "bare", "quantity", "comparison", "value"), PLAIN)
def test_a_plain_size_holds_within_a_factor(
    sentence: str, bare: str, quantity: str, comparison: str, value: float
) -> None:
    kept, conditions = read_conditions(sentence)
    found = only(conditions)
    assert (kept, found.quantity, found.comparison, found.unit) == (
        bare, quantity, comparison, "mm",
    )  # fmt: skip
    assert found.low == pytest.approx(value / ABOUT)
    assert found.high == pytest.approx(value * ABOUT)


@pytest.mark.parametrize(("sentence", "bare", "quantity", "comparison", "low", "high"), BOUNDED)
def test_a_bound_is_kept_as_it_is_said(
    sentence: str, bare: str, quantity: str, comparison: str, low: float, high: float
) -> None:
    kept, conditions = read_conditions(sentence)
    found = only(conditions)
    assert (kept, found.quantity, found.comparison) == (bare, quantity, comparison)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(("sentence", "bare", "place"), PLACES)
def test_a_place_in_the_picture_is_a_condition(sentence: str, bare: str, place: str) -> None:
    kept, (found,) = read_conditions(sentence)
    assert (kept, found.quantity, found.name) == (bare, "place", place)


@pytest.mark.parametrize(
    ("sentence", "bare", "name", "comparison", "low", "high"),
    [
        ("crack within 5 mm of the edge", "crack", "edge", "<=", None, 5),
        ("scratch less than 2 cm from the left edge", "scratch", "left edge", "<", None, 20),
        ("pit 3 mm from the top edge", "pit", "top edge", "about", 2, 4.5),
        ("2 mm wide dent more than 30 px from the edge", "dent", "edge", ">", 30, None),
        ("距左侧边缘5毫米以内的裂纹", "裂纹", "left edge", "<=", None, 5),
    ],
)
def test_a_distance_from_the_edge_is_a_place_and_no_size(
    sentence: str, bare: str, name: str, comparison: str, low: float, high: float
) -> None:
    kept, found = read_conditions(sentence)
    (place,) = [x for x in found if x.quantity == "place"]
    assert (kept, place.name, place.comparison) == (bare, name, comparison)
    assert (place.low, place.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("sentence", UNTOUCHED)
def test_what_no_picture_can_measure_stays_in_the_sentence(sentence: str) -> None:
    assert read_conditions(sentence) == (sentence, ())


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("transverse crack", "transverse"), ("纵向划痕", "longitudinal"),
        ("a diagonal scratch", "diagonal"), ("vertical line", "vertical"),
        ("circumferential scratch", "transverse"), ("水平划痕", "horizontal"),
    ],
)  # fmt: skip
def test_a_direction_is_measured_and_stays_in_the_sentence(sentence: str, name: str) -> None:
    bare, (found,) = read_conditions(sentence)
    assert (bare, found.quantity, found.name) == (sentence, "orientation", name)


def test_an_angle_is_a_direction_with_a_tolerance() -> None:
    bare, (found,) = read_conditions("scratch at 45° to the axis")
    assert (bare, found.quantity, found.low, found.high) == ("scratch", "orientation", 30, 60)


def test_two_sizes_are_two_conditions() -> None:
    bare, found = read_conditions("长于5毫米、宽度约0.2毫米的划痕")
    assert bare == "划痕"
    assert [(x.quantity, x.comparison) for x in found] == [("length", ">"), ("width", "about")]
    bare, found = read_conditions("a 2 x 5 mm dent in the upper left corner")
    assert bare == "a dent"
    assert [(x.quantity, x.words) for x in found] == [
        ("length", "2 x 5 mm"), ("width", "2 x 5 mm"), ("place", "in the upper left corner"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("crack longer than 5", "'longer than 5' in .* has no unit; say mm"),
        ("5 long crack", "has no unit"),
        ("长于5的裂纹", "has no unit"),
        ("0 mm crack", "is no size; a size is more than 0 and at most"),
        ("crack 99999999999 mm long", "is no size"),
        ("1/0 mm crack", "is no size"),
        ("crack longer than 5 mm and shorter than 3 mm", "cannot be: 'shorter than 3 mm' excludes"),
        ("crack not 5 mm long", "cannot be measured; say 'longer than'"),
    ],
)
def test_a_size_that_cannot_be_measured_is_refused_in_words(sentence: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_conditions(sentence)


VALUES = st.decimals(min_value="0.01", max_value="900", places=2).map(str)
UNITS = st.sampled_from(["mm", "cm", "um", "µm", "px", "pixels", "inches", "毫米", "厘米", "像素"])


@given(VALUES, UNITS, st.sampled_from([
    "crack {} long", "{} long crack", "scratch wider than {}", "pit, {} across", "at least {} dent",
    "scratch between 0.005 mm and {} wide", "{}长的裂纹", "直径{}的气孔", "宽度不超过{}的划痕",
]))  # fmt: skip
def test_the_bare_sentence_never_holds_the_number(value: str, unit: str, frame: str) -> None:
    bare, conditions = read_conditions(frame.format(f"{value} {unit}"))
    assert conditions
    assert not re.search(r"\d", bare)
    assert bare and bare == bare.strip()


PIECES = st.sampled_from(
    ["0", "1", "5", "0.5", "0,5", "1,000", "1/2", "1/0", "-3", "99999999999", "三", "十", "半",
     "mm", "cm",
     "µm", "in", "inch", '"', "px", "%", "mm2", "°", "毫米", "像素", "long", "wide", "deep",
     "across", "longer", "than", "at", "least", "or", "more", "between", "and", "to", "-", "x", "±",
     "大于", "不超过", "以上", "长", "宽", "直径", "的", "crack", "pits", "裂纹", "no", "not",
     "near", "the", "left", "edge", "corner", "of", "左上角", "边缘处", "在",
     ",", ".", "(", ")", "m8", "Ⅷ",
     "㎜", "½", "\x00", "😀"]
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused_with_our_own_error(pieces: list[str], between: str) -> None:
    try:
        bare, conditions = read_conditions(between.join(pieces))
    except FaultlensError as error:
        assert str(error)
    else:
        assert isinstance(bare, str)
        assert all(x.words or x.quantity for x in conditions)


@given(st.text(max_size=300))
def test_text_of_any_script_is_read_or_refused(text: str) -> None:
    try:
        read_conditions(text)
    except FaultlensError as error:
        assert str(error)


@pytest.mark.parametrize("sentence", ["dent, volume over 2 mm", "dent of an area over 2 mm"])
def test_a_length_is_no_area_and_no_volume(sentence: str) -> None:
    with pytest.raises(UsageError, match="is a length, not the"):
        read_conditions(sentence)
