"""`faultlens measure` and `calibrate` on scans: files in; table, JSON, page and exit codes out."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from faultlens.cli.calibrate import calibrate
from faultlens.cli.measure import measure
from faultlens.cli.scan_options import fails, least_failure
from faultlens.core.errors import FaultlensError, UsageError
from faultlens.profiles.scan_profile import read_scan_profile
from faultlens.profiles.scan_scores import SIGNIFICANCE_THRESHOLD
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.write import write_surface

DENT = DefectForm("dent", 0.2, 5.0, 5.0, (3.0, -3.0))
SCRATCH = DefectForm("scratch", 0.06, 9.0, 0.9, (0.0, 5.0), 20.0)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    for name, forms in (("sound", []), ("worn", [DENT, SCRATCH])):
        made = simulate_scan(
            "plane", forms, size_mm=(27.0, 21.0), spacing_mm=0.15, roughness_mm=0.003, seed=1
        )
        write_surface(folder / f"{name}.ply", made.surface)
    (folder / "torn.ply").write_text("ply\nformat ascii 1.0\nelement vertex 3\n")
    return folder


def run(*arguments: object, verb: object = measure) -> Result:
    app = typer.Typer()
    app.command()(verb)  # type: ignore[type-var]  # a verb of the command line
    result = CliRunner().invoke(app, [str(x) for x in arguments])
    if isinstance(result.exception, FaultlensError):
        result.exit_code = result.exception.exit_code
    return result


def test_one_scan_is_told_with_every_defect_and_what_decided_it(scans: Path) -> None:
    found = run(
        scans / "worn.ply", "--unit", "mm", "--reference", "plane", "--rules", "sample",
        "--defects", "scratch deeper than 0.1 mm,dent",
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    for words in (
        "Dent, certain", "rework", "dent to be filled or dressed", "not of a size asked for",
        "“deeper than 0.1 mm” does not hold", "plane",
    ):  # fmt: skip
        assert words in found.stdout
    assert "−0.2" in found.stdout and " mm³" in found.stdout


def test_a_bad_file_stops_nothing_and_leaves_with_3(scans: Path, tmp_path: Path) -> None:
    found = run(
        scans, "--unit", "mm", "--reference", "plane", "--rules", "sample", "--out", tmp_path
    )
    assert found.exit_code == 3
    assert "torn.ply" in found.stderr and "1/2" in found.stdout
    assert sorted(x.name for x in tmp_path.iterdir()) == [
        "defects.csv", "report.html", "results.jsonl", "sound.png", "worn.png",
    ]  # fmt: skip
    lines = [json.loads(x) for x in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [x["verdict"] for x in lines] == ["no defect", "dent"]
    rows = list(csv.DictReader((tmp_path / "defects.csv").read_text("utf-8-sig").splitlines()))
    assert [Path(x["file"]).name for x in rows] == ["sound.ply", "worn.ply", "worn.ply", "torn.ply"]
    assert float(rows[1]["depth_mm"]) == pytest.approx(0.2, rel=0.1)
    assert rows[1]["rule"] == "dent to be filled or dressed" and "header" in rows[3]["reason"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "torn.ply" in page and "worn.ply" in page


def test_json_is_all_that_stands_on_standard_output(scans: Path) -> None:
    found = run(
        scans / "worn.ply", "--unit", "mm", "--reference", "plane", "--json", "--fail-on-fault"
    )
    assert found.exit_code == 10
    (line,) = found.stdout.splitlines()
    assert json.loads(line)["defects"][0]["label"] == "dent"
    sound = run(scans / "sound.ply", "--unit", "mm", "--reference", "plane", "--fail-on-fault")
    assert sound.exit_code == 0


def test_what_rules_accept_does_not_fail_a_line(scans: Path, tmp_path: Path) -> None:
    worn = (scans / "worn.ply", "--unit", "mm", "--reference", "plane", "--quiet")
    rules = tmp_path / "rules.toml"
    for severity, code in (("accept", 0), ("rework", 10)):
        rules.write_text(f"format = 1\n[[rule]]\nname = 'any'\nseverity = '{severity}'\n")
        assert run(*worn, "--rules", rules, "--fail-on-fault").exit_code == code
    without = run(*worn, "--fail-on", "rework")
    assert without.exit_code == 2 and "--rules sample" in str(without.exception)


@pytest.mark.parametrize(
    ("least", "failing"),
    [
        ("alarm", ["accept", "rework", "scrap"]), ("rework", ["rework", "scrap"]),
        ("scrap", ["scrap"]), (None, []),
    ],
)  # fmt: skip
def test_a_line_says_from_where_on_a_part_fails(least: str | None, failing: list[str]) -> None:
    def failed(severity: str) -> bool:
        result: Any = SimpleNamespace(alarm=True, severity=severity)
        # --fail-on decides beside --fail-on-fault.
        given = least_failure(least, least is not None, by_rules=True)
        return fails(result, given)

    assert [x for x in ("accept", "rework", "scrap") if failed(x)] == failing
    with pytest.raises(UsageError, match="alarm, rework or scrap"):
        least_failure("accept", False, by_rules=True)


def test_the_sample_of_rules_is_printed_and_can_be_given_back(scans: Path, tmp_path: Path) -> None:
    printed = run("--print-rules")
    assert printed.exit_code == 0
    (tmp_path / "own.toml").write_text(printed.stdout.replace('"rework"', '"scrap"'))
    found = run(
        scans / "worn.ply", "--unit", "mm", "--reference", "plane", "--rules",
        tmp_path / "own.toml", "--json",
    )  # fmt: skip
    assert json.loads(found.stdout)["severity"] == "scrap"
    (tmp_path / "own.toml").write_text("format = 1\n[[rule]]\nname = 'a'\nseverity = 'bin'\n")
    assert run(scans / "worn.ply", "--rules", tmp_path / "own.toml").exit_code == 2


def test_sound_scans_make_a_profile_that_measure_takes(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "lid.profile"
    made = run(
        scans / "sound.ply", "--out", out, "--unit", "mm", "--reference", "plane", "--rules",
        "sample", "--defects", "dent deeper than 0.1 mm", verb=calibrate,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "0.5 is promised" in made.stderr and "takes 99 scans" in made.stderr
    kept = read_scan_profile(out)
    # One part promises little, so the threshold is not lowered for it.
    assert kept.significance_threshold >= SIGNIFICANCE_THRESHOLD
    assert (
        f"1 part; they stand out of their roughness by {kept.significances[0]:.3g}" in made.stdout
    )
    assert f"Alarm from {kept.significance_threshold:.3g} (" in made.stdout
    assert f"faultlens measure FILES --profile {out}" in made.stdout
    told = json.loads(run(scans / "worn.ply", "--profile", out, "--json").stdout)
    assert (told["profile"], told["verdict"]) == ("lid", "dent deeper than 0.1 mm")
    assert (told["severity"], told["false_alarm_rate"]) == ("rework", 0.5)
    # The unit came from the profile: nobody doubts it.
    assert not any("unit" in x for x in told["warnings"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2), (("--rules", "none.toml"), 3), (("--unit", "parsec"), 2),
        (("--photograph", "a.png"), 2), (("--reference", "cube"), 2), (("--spacing-mm", "wide"), 2),
        (("--golden", "none.stl"), 3), (("--profile", "none.profile"), 3),
        (("--defects", "crack longer than 5"), 2),
    ],
)  # fmt: skip
def test_wrong_usage_and_bad_input_have_their_exit_codes(
    scans: Path, arguments: tuple[str, ...], code: int
) -> None:
    files = [scans / "worn.ply"] if arguments else []
    assert run(*files, *arguments).exit_code == code


def test_options_of_the_other_kind_are_refused(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.profile"
    for files, option in ((scans / "sound.ply", ("--rpm", 1800)), ("a.csv", ("--unit", "mm"))):
        wrong = run(files, "--out", out, *option, verb=calibrate)
        assert wrong.exit_code == 2 and option[0] in str(wrong.exception)
