"""How a table is written is told from its first rows, however wide they are."""

import pytest

from faultlens.signals.readers.csv_dialect import dialect_of


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
@pytest.mark.parametrize("closing", [False, True])
@pytest.mark.parametrize("cells", [300, 5000])
def test_a_row_of_thousands_of_cells_is_counted_not_taken_apart(
    delimiter: str, closing: bool, cells: int
) -> None:
    row = delimiter.join("-0.25" for _ in range(cells)) + (delimiter if closing else "")
    found = dialect_of(f"{row}\n{row}\n{row}\n".encode())
    assert (found.columns, found.skip, found.decimal) == (cells, 0, ".")
    assert found.delimiter == (None if delimiter == " " else delimiter)
    assert found.closed == (closing and delimiter != " ")
