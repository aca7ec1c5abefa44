"""A designation finds its geometry: facts give published orders, estimates stay near them."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import (
    DuplicateNameError,
    FaultlensError,
    UnknownNameError,
    UnreadableFileError,
    UsageError,
)
from faultlens.signals.catalogue import (
    find_bearing,
    list_bearings,
    parse_bearing,
    resolve_bearing,
)
from faultlens.signals.catalogue.tables import VARIABLE, entry_of, fact_rows
from faultlens.signals.catalogue_page import HELD_OUT, catalogue_page, residuals
from faultlens.signals.kinematics import BearingGeometry, FaultOrders

OWN = """
[[bearing]]
designation = "6208 pump 7"
aliases = ["pump 7"]
rolling_elements = 9
ball_diameter_mm = 12.0
pitch_diameter_mm = 60.0
"""


@pytest.fixture(autouse=True)
def without_own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize(
    "name",
    [
        "6205",
        "6205-2RS JEM SKF",
        "6205 2RS",
        "6205ZZ",
        "6205-Z/C3",
        "SKF 6205",
        "skf6205-2z",
        " 6205 ",
    ],
)
def test_a_suffix_does_not_change_the_geometry(name: str) -> None:
    entry = find_bearing(name)
    assert (entry.designation, entry.estimated) == ("6205", False)
    assert entry.geometry == BearingGeometry(9, 7.94, 39.04)


@pytest.mark.parametrize(
    ("name", "designation"),
    [
        ("NU 205 ECP", "NU205"),
        ("nj205", "NJ205"),
        ("ER-16K", "ER16K"),
        ("ER16KCL", "ER16K"),
        ("za 2115", "ZA-2115"),
        ("nice", "NICE"),
        ("NSK 6205 DDU", "NSK 6205"),
        ("FAG 6206-2Z", "6206"),
        ("61804", "6804"),
    ],
)
def test_spellings_find_their_row(name: str, designation: str) -> None:
    assert find_bearing(name).designation == designation


def test_the_6203_has_its_true_pitch_diameter() -> None:
    # A rival catalogue lists 24.5 mm.
    assert find_bearing("6203").geometry.pitch_diameter_mm == 28.5
    assert {size: g for _, size, g in residuals()}["6203"].pitch_diameter_mm == 28.5


def test_every_fact_names_its_source() -> None:
    for entry in list_bearings():
        assert len(entry.source) > 20
        assert entry.candidates()[0] == entry.geometry
        # Of the grid of 21 only what fits on its circle.
        assert len(entry.candidates()) in (range(14, 22) if entry.estimated else (1,))


@pytest.mark.parametrize(
    "row", [r for r in fact_rows() if "bpfo" in r], ids=lambda r: r["designation"]
)
def test_a_row_of_printed_orders_gives_them_back(row: dict[str, float]) -> None:
    orders = entry_of(row, "facts").geometry.fault_orders()
    for name in ("bpfo", "bpfi", "bsf", "ftf"):
        # Three printed digits; BSF inherits the rounding of the race orders about sixfold.
        assert getattr(orders, name) == pytest.approx(
            row[name], abs=6e-3 if name == "bsf" else 8e-4
        )


@pytest.mark.parametrize(
    ("fact", "size", "guess"), residuals(), ids=lambda x: str(getattr(x, "designation", ""))
)
def test_the_rule_stays_within_the_search(fact, size: str, guess: BearingGeometry) -> None:  # type: ignore[no-untyped-def]
    truth = fact.geometry
    assert abs(guess.rolling_elements - truth.rolling_elements) <= 1
    ratio = guess.ball_diameter_mm / guess.pitch_diameter_mm
    assert ratio == pytest.approx(truth.ball_diameter_mm / truth.pitch_diameter_mm, rel=0.05)


def test_the_rule_gives_the_exact_number_of_balls_for_deep_groove_facts() -> None:
    wrong = [f.designation for f, size, g in residuals()
             if size[0] == "6" and g.rolling_elements != f.geometry.rolling_elements]  # fmt: skip
    assert wrong == []


def test_the_search_grid_holds_a_makers_6208_within_a_quarter_per_cent() -> None:
    # Timken table A-9, 208K: the true race orders must be within reach of one candidate.
    reach = [
        max(abs(o.bpfo / 3.547 - 1), abs(o.bpfi / 5.453 - 1))
        for o in resolve_bearing("6208").candidates
    ]
    assert min(reach) < 0.0025


@pytest.mark.parametrize(
    ("size", "number", "ball_mm"), [row for row in HELD_OUT if row[0] != "6205"]
)
def test_the_search_reaches_bearings_that_the_rule_never_saw(
    size: str, number: int, ball_mm: float
) -> None:
    guess = resolve_bearing(size)
    assert guess.estimated
    pitch = find_bearing(size).geometry.pitch_diameter_mm
    truth = BearingGeometry(number, ball_mm, pitch).fault_orders()
    reach = [
        max(abs(o.bpfo / truth.bpfo - 1), abs(o.bpfi / truth.bpfi - 1)) for o in guess.candidates
    ]
    assert min(reach) < 0.0025


def test_manifest_geometries_are_the_catalogues(shared_data: Path) -> None:
    names = {"6205-2RS JEM SKF", "6203-2RS JEM SKF", "NICE", "ZA-2115"}
    with (shared_data / "bearing" / "manifest.csv").open(encoding="utf-8") as stream:
        rows = {row["bearing"]: row for row in csv.DictReader(stream) if row["bearing"] in names}
    assert set(rows) == names
    for name, row in rows.items():
        orders = find_bearing(name).geometry.fault_orders()
        for order in ("bpfo", "bpfi", "bsf", "ftf"):
            assert getattr(orders, order) == pytest.approx(float(row[order]), abs=5e-4)


@pytest.mark.parametrize(
    ("name", "angle", "warned"),
    [
        ("7205", 40, True),
        ("7205 BEP", 40, False),
        ("7205 AC", 25, False),
        ("7205 CD/P4", 15, False),
    ],
)
def test_an_angular_contact_suffix_sets_the_angle(name: str, angle: float, warned: bool) -> None:
    entry = find_bearing(name)
    assert entry.geometry.contact_angle_deg == angle
    assert any("Contact angle 40 degrees is assumed" in w.en for w in entry.warnings) == warned


@pytest.mark.parametrize("name", ["6299", "30205", "22208", "6200", "62051", "xyz", ""])
def test_an_unknown_designation_lists_the_nearest_and_the_ways_around(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_bearing(name)
    words = str(caught.value)
    assert f"Unknown bearing '{name}'" in words
    for part in ("6202 to 6220", "NICE", "n=9,d=7.94,D=39.04", "bpfo=3.585", VARIABLE):
        assert part in words


def test_the_nearest_designations_are_named() -> None:
    with pytest.raises(UnknownNameError, match=r"Nearest: .*62[012]9"):
        find_bearing("6299")


def test_an_own_catalogue_adds_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    entry = find_bearing("6208-PUMP 7", catalogue=path)
    assert (entry.geometry.ball_diameter_mm, entry.estimated) == (12.0, False)
    assert str(path) in entry.source
    monkeypatch.setenv(VARIABLE, str(path))
    assert find_bearing("pump 7") == entry
    assert find_bearing("6208").estimated
    assert entry in list_bearings()


def test_an_own_row_replaces_an_estimate(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace("6208 pump 7", "6208"), encoding="utf-8")
    assert not find_bearing("6208-2RS", catalogue=path).estimated


def test_an_own_row_never_replaces_a_fact_silently(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace("6208 pump 7", "6205"), encoding="utf-8")
    with pytest.raises(DuplicateNameError, match=r"'6205' exists already.*another designation"):
        find_bearing("6205", catalogue=path)
    path.write_text(OWN + OWN, encoding="utf-8")
    with pytest.raises(DuplicateNameError, match="exists already"):
        find_bearing("6205", catalogue=path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OWN + "colour = 'red'\n", "unknown colour"),
        (OWN.replace("pitch_diameter_mm = 60.0", ""), "missing pitch_diameter_mm"),
        (OWN.replace("12.0", "'twelve'"), "ball_diameter_mm is 'twelve'; it must be a number"),
        (OWN.replace("12.0", "70.0"), "the ball the smaller one"),
        (OWN.replace("= 9", "= 9.5"), "must be a whole number"),
        (OWN.replace('["pump 7"]', '"pump 7"'), "aliases must be a list"),
        (OWN + "maker = 7\n", "maker must be text"),
        ("[[bearing]]\nrolling_elements = 9\n", "no designation"),
        ("bearing = 3\n", "holds [[bearing]] rows and nothing else"),
        ("[other]\nx = 1\n", "this one holds other"),
        ("not toml at all", "cannot be read as a bearing catalogue"),
        ("[[bearing]]\ndesignation='a1'\nbpfo=3.5\nbpfi=5.2\nbsf=2.3\nftf=0.4\nbore_mm=25\n"
         "outside_mm=52\n", "must be close to a whole number"),
    ],
)  # fmt: skip
def test_a_bad_own_catalogue_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFileError) as caught:
        find_bearing("6205", catalogue=path)
    assert words in str(caught.value) and str(path) in str(caught.value)


def test_a_missing_or_huge_own_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read as a bearing catalogue"):
        find_bearing("6205", catalogue=tmp_path / "absent.toml")
    path = tmp_path / "huge.toml"
    path.write_text("#" * 1_000_001, encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="larger than"):
        find_bearing("6205", catalogue=path)


def test_parse_bearing_knows_three_forms() -> None:
    assert parse_bearing(" 6205 ") == "6205"
    assert parse_bearing("n=9,d=7.94,D=39.04") == BearingGeometry(9, 7.94, 39.04)
    assert parse_bearing("N=16; D=71.5; d=8.4; angle=15") == BearingGeometry(16, 8.4, 71.5, 15.0)
    orders = FaultOrders(bpfo=3.58, bpfi=5.41, bsf=2.36, ftf=0.398)
    assert parse_bearing("BPFO=3.58, BPFI=5.41, BSF=2.36, FTF=0.398") == orders


@pytest.mark.parametrize(
    "text",
    ["", "n=9", "n=9,d=7.94", "n=9.5,d=7.94,D=39", "n=9,d=x,D=39", "n=9,n=9,d=1,D=2", "foo=1",
     "bpfo=3.5,n=9", "bpfo=3.5,bpfi=5.5,bsf=2.3,ftf=inf", "n=9,d=40,D=39"],
)  # fmt: skip
def test_parse_bearing_refuses_in_words(text: str) -> None:
    with pytest.raises(UsageError, match=r"Allowed: a designation|whole|smaller one"):
        parse_bearing(text)


@given(st.text(max_size=40))
def test_any_text_is_parsed_and_resolved_or_refused(text: str) -> None:
    try:
        resolved = resolve_bearing(parse_bearing(text))
    except FaultlensError as error:
        assert len(str(error)) > 20
    else:
        assert resolved.candidates[0] == resolved.orders


def test_resolve_bearing_says_what_is_estimated() -> None:
    known, guess = resolve_bearing("6205-2Z"), resolve_bearing("6208")
    assert known.candidates == (known.orders,) and not known.warnings
    assert guess.estimated and len(guess.candidates) == 21
    assert guess.candidates[0] == guess.orders
    assert "The geometry of 6208 is an estimate (n 9, d/D 0.211)" in guess.warnings[0].en
    assert "n 8 to 10, d/D within 5 %" in guess.warnings[0].en


def test_resolve_bearing_takes_geometry_and_orders() -> None:
    geometry = BearingGeometry(16, 8.407, 71.501, 15.17)
    resolved = resolve_bearing(geometry)
    assert resolved.label == "n=16, d=8.407 mm, D=71.501 mm, 15.17 degrees"
    assert resolve_bearing(resolved.orders).warnings == ()


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        (FaultOrders(3.585, 5.415, 4.714, 0.3983), "twice the ball spin"),
        (FaultOrders(3.585, 5.2, 2.357, 0.3983), "should be whole"),
        (FaultOrders(3.585, 5.415, 2.357, 0.602), "ftf 0.602 does not fit"),
    ],
)
def test_orders_that_contradict_each_other_are_doubted(orders: FaultOrders, words: str) -> None:
    assert any(words in w.en for w in resolve_bearing(orders).warnings)


def test_the_page_is_not_stale() -> None:
    page = Path(__file__).parents[2] / "docs" / "bearings.md"
    assert page.read_text(encoding="utf-8") == catalogue_page()
