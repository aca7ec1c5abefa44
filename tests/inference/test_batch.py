"""Names, globs and folders become files in a fixed order; a bad one does not stop the others."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from faultlens.core.errors import (
    InputError,
    MissingPackageError,
    UnreadableFileError,
    UnusableSignalError,
    UsageError,
)
from faultlens.inference.batch import Outcome, each_file, expand, write_batch_report
from faultlens.inference.diagnose import diagnose
from faultlens.inference.output_names import output_name
from faultlens.signals.signal import Signal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.csv", "a.wav", "c.MAT", ".hidden.csv", "notes.md", "b.toml", "inner/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "e.csv").mkdir()
    return tmp_path


def test_a_folder_holds_its_recordings_in_order_and_nothing_else(folder: Path) -> None:
    assert [x.name for x in expand([folder])] == ["a.wav", "b.csv", "c.MAT"]


def test_globs_are_sorted_and_leave_folders_and_sidecars(folder: Path) -> None:
    assert [x.name for x in expand([f"{folder}/*"])] == ["a.wav", "b.csv", "c.MAT", "notes.md"]
    assert [x.name for x in expand([f"{folder}/**/*.csv"])] == ["b.csv", "d.csv"]


def test_order_is_the_users_and_each_file_counts_once(folder: Path) -> None:
    b, d = folder / "b.csv", folder / "inner" / "d.csv"
    odd = f"{folder}/inner/../b.csv"
    assert expand([d, b, odd, str(b), f"{folder}/b*"]) == (d, b)


def test_a_sidecar_alone_is_taken_at_its_word(folder: Path) -> None:
    assert expand([folder / "b.toml"]) == (folder / "b.toml",)


def test_names_with_marks_of_a_glob_are_names_where_such_a_file_is(folder: Path) -> None:
    odd = folder / "[7].csv"
    odd.write_text("x")
    assert expand([odd]) == (odd,)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("inner/*.wav", "No file matches"), ("e.csv", "holds no recording.*known formats.*\\.csv")],
)
def test_nothing_found_is_said(folder: Path, pattern: str, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        expand([folder / pattern])


def test_an_empty_name_is_said() -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        expand([""])


def test_a_missing_file_and_a_name_too_long_are_bad_files_not_errors() -> None:
    names = ["/nowhere/a.csv", "a" * 5000]
    assert expand(names) == tuple(Path(x) for x in names)


def failing(**reasons: Exception) -> Callable[[Path], str]:
    def work(path: Path) -> str:
        if path.stem in reasons:
            raise reasons[path.stem]
        return path.stem

    return work


FILES = [Path("a.csv"), Path("b.csv"), Path("c.csv")]


def test_a_bad_file_is_told_with_its_reason_and_the_rest_goes_on() -> None:
    work = failing(a=UnusableSignalError("a is constant."), b=OSError(36, "File name too long"))
    assert list(each_file(FILES, work)) == [
        Outcome(FILES[0], reason="a is constant."),
        Outcome(FILES[1], reason="File name too long."),
        Outcome(FILES[2], result="c"),
    ]


def test_one_file_without_the_channel_does_not_stop_the_others() -> None:
    outcomes = list(each_file(FILES, failing(a=UsageError("no channel 2"))))
    assert [x.result for x in outcomes] == [None, "b", "c"]
    assert outcomes[0].reason == "no channel 2"


@pytest.mark.parametrize("error", [UsageError("no such model"), MissingPackageError("pip ...")])
def test_what_is_wrong_with_every_file_is_wrong_with_the_call(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        list(each_file(FILES, failing(a=error, b=error, c=error)))


def test_bad_files_beside_wrong_usage_are_reported_as_bad_files() -> None:
    work = failing(a=UsageError("no channel"), b=InputError("empty"), c=InputError("empty"))
    assert [x.reason for x in each_file(FILES, work)] == ["no channel", "empty", "empty"]


def test_our_own_fault_is_not_hidden_among_bad_files() -> None:
    with pytest.raises(ZeroDivisionError):
        list(each_file(FILES, failing(b=ZeroDivisionError())))


def test_names_of_what_is_written_never_meet_and_never_grow_too_long() -> None:
    taken = {"report"}
    names = [output_name(Path(x), taken) for x in ("a/p.csv", "b/p.csv", "p-2.csv", "report.csv")]
    assert names == ["p", "p-2", "p-2-2", "report-2"]
    assert len(os.fsencode(output_name(Path("泵" * 80 + ".csv"), taken))) < 220


def test_a_report_holds_results_and_failures(
    machine: Callable[..., Signal], tmp_path: Path
) -> None:
    result = diagnose(machine("outer"))
    result.save(tmp_path / "pump.png")
    failed: Outcome[object] = Outcome(Path("<b>.csv"), reason="It is <empty> & sad.")
    page = write_batch_report(tmp_path, [(result, "pump")], [failed])  # type: ignore[list-item]
    text = page.read_text(encoding="utf-8")
    assert "outer race fault" in text
    assert "&lt;empty&gt; &amp; sad." in text
    assert "<b>.csv" not in text
    (line,) = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == result.to_dict()
