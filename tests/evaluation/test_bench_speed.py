"""Speed is measured on a real run and stands beside what it is held to."""

from faultlens.evaluation.bench_speed import Measured, speed_benchmark, speed_table


def test_a_run_is_timed_in_process_and_as_a_command() -> None:
    inside, command = speed_benchmark(repeats=1)
    assert (inside.unit, inside.reach, command.unit, command.reach) == ("ms", 100, "s", 1.5)
    # A whole command starts Python too, and neither takes half a minute on any machine.
    assert 1 < inside.value < 1000 * command.value < 30000


def test_the_table_has_a_row_per_figure() -> None:
    rows = speed_table([Measured("a", 12.345, "ms", 100), Measured("b", 0.5, "s", 1.5)])
    assert rows.splitlines()[2:] == ["| a | 12.3 ms | 100 ms |", "| b | 0.5 s | 1.5 s |"]
