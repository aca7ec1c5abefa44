"""A batch that was cut goes on: --resume keeps what was judged and judges the rest, no more."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from faultlens.images.write import write_image
from faultlens.inference.resume import JUDGED, LEFT, WAY
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.write import write_surface
from tests.coloured_model import CRACKED, picture, write_coloured_model

Batch = tuple[list[object], Path]
"""The line without --out, and the folder of the files of the batch."""


def recordings(folder: Path, record: Any) -> Batch:
    for name, families in (("a", ("outer",)), ("b", ())):
        record(f"in/{name}.npz", *families, seconds=1.0)
    return ["diagnose", folder / "in"], folder / "in"


def pictures(folder: Path, record: Any) -> Batch:
    for name, spots in (("a", ((CRACKED, 40, 80, 24, 64),)), ("b", ()), ("c", ())):
        write_image(folder / "in" / f"{name}.bmp", picture(3, spots=spots).pixels)
    model = write_coloured_model(folder / "model").folder
    return ["inspect", folder / "in", "--model", model], folder / "in"


def scans(folder: Path, record: Any) -> Batch:
    for name, forms in (("a", [DefectForm("dent", 0.2, 4.0, 4.0, (0.0, 0.0))]), ("b", [])):
        made = simulate_scan("plane", forms, size_mm=(16.0, 14.0), spacing_mm=0.2, seed=1)
        write_surface(folder / "in" / f"{name}.ply", made.surface)
    return ["measure", folder / "in", "--unit", "mm", "--reference", "plane"], folder / "in"


class Killed(BaseException):
    """What nothing catches, as a kill."""


WAYS = [
    (recordings, "diagnose", "each_file", KeyboardInterrupt),
    (pictures, "inspect", "inspect_shots", KeyboardInterrupt),
    (pictures, "inspect", "inspect_shots", Killed),
    (scans, "measure", "measure_files", Killed),
]


def cut(
    verb: str, judging: str, after: int, by: type[BaseException], patch: pytest.MonkeyPatch
) -> None:
    """Let the verb be cut when it has judged some files and would judge another."""
    module = import_module(f"faultlens.cli.{verb}")
    everything = getattr(module, judging)

    def until(*given: Any, **options: Any) -> Iterator[Any]:
        for number, outcome in enumerate(everything(*given, **options)):
            if number == after:
                raise by
            yield outcome

    patch.setattr(module, judging, until)


def results(out: Path) -> list[dict[str, Any]]:
    """What results.jsonl says, without the time that it took."""
    lines = (out / "results.jsonl").read_text("utf-8").splitlines()
    return [{**json.loads(x), "seconds": 0} for x in lines]


@pytest.mark.parametrize(("make", "verb", "judging", "by"), WAYS)
def test_a_batch_goes_on_where_it_was_cut(
    run: Any, record: Any, tmp_path: Path, make: Callable[..., Batch], verb: str, judging: str,
    by: type[BaseException],
) -> None:  # fmt: skip
    line, folder = make(tmp_path, record)
    files = len({x.stem for x in folder.iterdir()})
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert run(*line, "--out", whole, "--quiet").code == 0
    with pytest.MonkeyPatch.context() as patch:
        cut(verb, judging, 1, by, patch)
        if by is Killed:
            with pytest.raises(Killed):
                run(*line, "--out", out)
            assert (out / WAY / JUDGED).is_file() and not (out / "results.jsonl").exists()
        else:
            said = run(*line, "--out", out)
            assert said.code == 130 and "--resume goes on" in said.err
            assert (out / LEFT).is_file() and len(results(out)) == 1
    with pytest.MonkeyPatch.context() as patch:
        # One was kept, so the rest are judged and not one more.
        cut(verb, judging, files - 1, AssertionError, patch)
        said = run(*line, "--out", out, "--resume", "--json")
    assert said.code == 0, said.err
    assert f"1 of {files} files were judged before and are kept; {files - 1} follow" in said.err
    assert results(out) == results(whole)
    assert [{**json.loads(x), "seconds": 0} for x in said.out.splitlines()] == results(whole)
    assert {x.name for x in out.rglob("*")} == {x.name for x in whole.rglob("*")}


def test_what_changed_is_judged_again_and_other_settings_are_refused(
    run: Any, tmp_path: Path
) -> None:
    line, folder = pictures(tmp_path, None)
    out = tmp_path / "out"

    def interrupted(*more: object, after: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            cut("inspect", "inspect_shots", after, KeyboardInterrupt, patch)
            return run(*line, "--out", out, "--quiet", *more)

    assert interrupted(after=2).code == 130
    said = run(*line, "--out", out, "--resume", "--defects", "crack", "--zoom", 3)
    assert said.code == 2
    assert '--defects was not given and is "crack"; --zoom was not given and is 3' in said.err
    # The first was repaired meanwhile, and the picture about the second is gone.
    write_image(folder / "a.bmp", picture(3).pixels)
    (out / "b.png").unlink()
    said = run(*line, "--out", out, "--resume")
    assert said.code == 0 and "0 of 3 files were judged before" in said.err
    assert [x["verdict"] for x in results(out)] == ["no defect"] * 3
    # At its end nothing is left to go on with.
    assert not (out / LEFT).exists() and not (out / WAY).exists()
    again = run(*line, "--out", out, "--resume")
    assert "no batch was cut here before; every file is judged" in again.err
    assert interrupted(after=1).code == 130
    anew = run(*line, "--out", out)
    assert anew.code == 0 and "judged anew (--resume would go on)" in anew.err


def test_resume_needs_a_folder(run: Any, tmp_path: Path) -> None:
    line, _ = pictures(tmp_path, None)
    said = run(*line, "--resume")
    assert said.code == 2 and "name it with --out" in said.err
