"""The clock of a large scan runs from the plane to the report; a small measurement runs."""

from benches.scan.speed import PEAK, READ, TO_REPORT, WHOLE, speed_section


def test_a_small_scan_is_timed_from_file_to_report() -> None:
    section = speed_section(40_000, repeats=1, warming=0, command=False)
    found = {x.name: x.value for x in section.figures}
    assert "40,000 points off any raster, 5 defects carved, 5 found" in section.note
    assert 0 < found[READ] < found[TO_REPORT] < 60
    assert WHOLE not in found
    assert 50 < found[PEAK] < 1500
