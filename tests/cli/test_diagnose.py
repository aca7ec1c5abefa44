"""`faultlens diagnose` says what it found, on the right stream and with the right exit code."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_one_file_is_told_in_full(run: Any, record: Any) -> None:
    said = run("diagnose", record("pump.csv", "inner"))
    assert (said.code, said.err) == (0, "")
    told = " ".join(said.out.split())
    assert told.startswith("Inner race fault, ")
    for words in (
        "inner race 5.41", "x: harmonics 1, 2", "slip", "D=39.04 mm; stated 1772 rpm; measured 17",
        "ISO zone", "kurtosis", "plan replacement", "comes from simulation", "unknown",
    ):  # fmt: skip
        assert words in told
    assert max(map(len, said.out.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in said.out.splitlines())
    assert "\x1b" not in said.out


def test_healthy_machines_are_told_no_speed_that_was_read_from_noise(run: Any, record: Any) -> None:
    said = run("diagnose", record("pump.csv"))
    assert said.out.startswith("Healthy")
    assert "measured" not in said.out
    assert "No alarm" in said.out


def test_many_files_are_a_table_with_what_they_share_said_once(run: Any, record: Any) -> None:
    files = [record("泵 1.npz", "outer"), record("b.npz", "inner"), record("c.npz")]
    said = run("diagnose", *files)
    lines = said.out.splitlines()
    assert [x for x in lines if "泵 1.npz" in x and "outer race fault" in x and "●" in x]
    assert [x for x in lines if "c.npz" in x and "healthy" in x and "●" not in x]
    assert "● Alarm: 2/3" in lines
    assert said.out.count("comes from simulation") == 1
    assert max(map(len, lines)) <= 80


def test_json_is_one_object_for_one_file_and_a_line_each_for_many(run: Any, record: Any) -> None:
    first, second = record("a.npz", "outer"), record("b.npz")
    said = run("diagnose", first, "--json")
    assert json.loads(said.out)["verdict"] == "outer race fault"
    said = run("diagnose", first, first.parent / "gone.csv", second, "--json")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [x["file"] for x in rows] == [str(first), str(second)]
    assert said.code == 3
    assert said.err == f"faultlens: {first.parent}/gone.csv does not exist; check the name and " \
        "the folder.\n"  # fmt: skip


@pytest.mark.parametrize("option", ["--out", "--save_path"])
def test_out_gets_a_picture_per_file_results_and_a_report(
    run: Any, record: Any, tmp_path: Path, option: str
) -> None:
    out = tmp_path / "报告 1"
    said = run("diagnose", record("泵 7.npz", "outer"), option, out, "--lang", "zh", "--json")
    assert len(said.out.splitlines()) == 1
    assert sorted(x.name for x in out.iterdir()) == ["report.html", "results.jsonl", "泵 7.png"]
    assert json.loads((out / "results.jsonl").read_text(encoding="utf-8")) == json.loads(said.out)
    assert "外圈故障" in (out / "report.html").read_text(encoding="utf-8")
    assert f"Report: {out}/report.html" in run("diagnose", tmp_path, option, out).out


def test_quiet_says_nothing_but_what_went_wrong(run: Any, record: Any, tmp_path: Path) -> None:
    said = run("diagnose", record("a.npz"), tmp_path / "gone.csv", "--quiet")
    assert (said.code, said.out) == (3, "")
    assert said.err.count("\n") == 1


def test_fail_on_fault_leaves_with_ten_for_a_fault_alone(run: Any, record: Any) -> None:
    healthy, faulty = record("a.npz"), record("b.npz", "outer")
    assert run("diagnose", healthy, "--fail-on-fault").code == 0
    assert run("diagnose", healthy, faulty, "--fail-on-fault").code == 10
    assert run("diagnose", faulty, "--quiet").code == 0


def test_sentences_may_be_chinese_and_come_back_word_for_word(run: Any, record: Any) -> None:
    asked = "外圈剥落，spalling on the inner raceway; cracked cage"
    table = json.loads(run("diagnose", record("a.npz", "outer"), "--faults", asked, "--json").out)
    assert table["findings"][0]["label"] == "外圈剥落"
    assert {x["label"] for x in table["findings"]} == {
        "外圈剥落", "spalling on the inner raceway", "cracked cage", "healthy", "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["-x.npz", "a b.npz", "[7].npz", "it's.npz", "r[bold]ed.npz"])
def test_odd_names_are_names(
    run: Any, record: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(record(name, "outer").parent)
    record("other.npz")
    assert name in run("diagnose", "--", name, "other.npz").out


def test_sidecars_of_a_shell_glob_are_no_recordings(run: Any, record: Any) -> None:
    folder = record("a.npz").parent
    said = run("diagnose", *sorted(folder.iterdir()))
    assert (said.code, said.err) == (0, "")


def test_a_sidecar_cannot_stop_the_other_files(run: Any, record: Any) -> None:
    bad = record("a.npz")
    bad.with_suffix(".toml").write_text('bearing = "99999"\nshaft_rpm = 1772\n')
    said = run("diagnose", bad, record("b.npz"), "--json")
    assert (said.code, len(said.out.splitlines())) == (3, 1)
    assert "a.npz: Unknown bearing '99999'" in said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rpm", "0"), "positive"),
        (("--rpm", "nan"), "positive"),
        (("--rpm=-1772",), "positive"),
        (("--rpm", "fast"), "--rpm"),
        (("--sample-rate", "0"), "positive"),
        (("--bearing", ""), "n=9,d=7.94,D=39.04"),
        (("--bearing", "n=9,d=50,D=40"), "the ball the smaller one"),
        (("--bearing", "n=9,d=7"), "gives n, d"),
        (("--speed-tolerance", "0.5"), "--speed-tolerance"),
        (("--channel", "zz"), "Unknown channel 'zz'"),
        (("--faults", "banana"), "Known: cage fault"),
        (("--faults", ","), "No sentence given"),
        (("--faults", '"outer race'), "quotation is not closed"),
        (("--machine-group", "9"), "group 2 rigid"),
        (("--model", "builtin/other"), "Known: builtin/bearing, builtin/physics"),
        (("--lang", "fr"), "en, zh"),
        (("--nope",), "--nope"),
    ],
)
def test_wrong_usage_leaves_with_two_and_says_what_is_allowed(
    run: Any, record: Any, options: tuple[str, ...], words: str
) -> None:
    said = run("diagnose", record("a.npz"), *options)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "our fault" not in said.err


def test_a_verb_that_is_none_and_no_file_at_all_are_wrong_usage(run: Any) -> None:
    assert run("diagnoze").code == 2
    assert run("diagnose").code == 2


def test_a_folder_that_cannot_be_written_is_said_before_the_work(
    run: Any, record: Any, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "note.txt"
    in_the_way.write_text("x")
    for out in (in_the_way, in_the_way / "deeper"):
        said = run("diagnose", record("a.npz"), "--out", out)
        assert (said.code, said.out) == (2, "")
        assert f"Cannot write into '{out}'" in said.err


@pytest.mark.parametrize("profile", ["gone.profile", "a.npz", "."])
def test_what_is_no_profile_is_bad_input(
    run: Any, record: Any, tmp_path: Path, profile: str
) -> None:
    said = run("diagnose", record("a.npz"), "--profile", tmp_path / profile)
    assert said.code == 3
    assert "faultlens calibrate" in said.err


def test_a_missing_package_leaves_with_four_and_the_pip_line(
    run: Any, record: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nptdms", None)
    tdms = tmp_path / "a.tdms"
    tdms.write_bytes(b"TDSm" + bytes(200))
    said = run("diagnose", tdms, "--rpm", 1772, "--bearing", "6205")
    assert said.code == 4
    assert "pip install 'faultlens[formats]'" in said.err
    # Among others it is one bad file, and the others are diagnosed.
    said = run("diagnose", tdms, record("b.npz"), "--json")
    assert (said.code, len(said.out.splitlines())) == (3, 1)


def test_our_own_fault_is_owned_and_not_a_traceback(
    run: Any, record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("faultlens.cli.diagnose.diagnose_file", broken)
    said = run("diagnose", record("a.npz"))
    assert said.code == 1
    assert said.err.startswith("faultlens: our fault: ZeroDivisionError: by zero")
    assert "FAULTLENS_DEBUG=1" in said.err


def test_a_full_disk_is_told_in_words(
    run: Any, record: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "pump.png")

    monkeypatch.setattr("faultlens.inference.findings.Diagnosis.save", full)
    said = run("diagnose", record("a.npz"), "--out", tmp_path / "out")
    assert (said.code, said.err) == (1, "faultlens: pump.png: No space left on device.\n")
