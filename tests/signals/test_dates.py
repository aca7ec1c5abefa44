"""Dates are read from names as recorders write them, and nothing else is taken for one."""

from datetime import datetime

import pytest

from faultlens.signals.dates import date_in_name, natural_order, parse_time

MORNING = datetime(2024, 5, 31, 10, 20, 30)


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2004.02.12.10.32.39", datetime(2004, 2, 12, 10, 32, 39)),  # IMS
        ("2024-05-31T10-20-30.csv", MORNING),
        ("2024-05-31 10:20:30.csv", MORNING),
        ("pump7_20240531_102030.wav", MORNING),
        ("20240531102030.tdms", MORNING),
        ("DE_2024_05_31_10_20_30_ch1.csv", MORNING),
        ("pump7-20240531-1020.csv", datetime(2024, 5, 31, 10, 20)),
        ("2024-05-31.csv", datetime(2024, 5, 31)),
        ("31.05.2024_10.20.30.csv", MORNING),
        ("data/2023/31-05-2024.csv", datetime(2024, 5, 31)),
    ],
)
def test_a_date_in_a_name_is_read(name: str, date: datetime) -> None:
    assert date_in_name(name) == date


@pytest.mark.parametrize(
    "name", ["acc_00001.csv", "1.csv", "20241331.csv", "6205-1772rpm.csv", "12345678901234567.csv"]
)
def test_other_numbers_are_no_date(name: str) -> None:
    assert date_in_name(name) is None


def test_a_stated_time_is_read_with_its_zone() -> None:
    assert parse_time("2024-05-31T10:20:30") == MORNING
    assert parse_time("2024-05-31T12:20:30+02:00") == MORNING
    assert parse_time("10 o'clock") is None
    assert parse_time(None) is None


def test_counted_names_sort_by_their_number() -> None:
    names = ["run10.csv", "run9.csv", "run.csv", "2.csv", "run²"]
    ordered = sorted(names, key=natural_order)
    assert ordered[0] == "2.csv"
    assert ordered.index("run9.csv") < ordered.index("run10.csv")
