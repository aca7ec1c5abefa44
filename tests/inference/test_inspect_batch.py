"""Pictures of a batch come out in their order, each as if alone; a bad one stops nothing."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.images.write import write_image
from faultlens.inference.inspect import inspector
from faultlens.inference.inspect_batch import (
    PictureFiles,
    are_pictures,
    expand_pictures,
    inspect_files,
    name_of,
)
from faultlens.inference.inspector import Inspector
from tests.coloured_model import CRACKED, picture, write_coloured_model

CRACK = ((CRACKED, 40, 80, 24, 64),)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Inspector:
    """Prepared with the model that reads colours."""
    folder = write_coloured_model(tmp_path_factory.mktemp("models") / "m").folder
    return inspector(defects=["crack", "scratch"], model=str(folder))


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Pictures of several sizes with bad files between them."""
    for number in range(6):
        spots = CRACK if number % 2 else ()
        image = picture(number, width=240 + 16 * (number // 3), spots=spots)
        write_image(tmp_path / f"{number}.png", image.pixels)
    (tmp_path / "1b.png").write_bytes(b"")
    (tmp_path / "2b.jpg").write_text("text", encoding="utf-8")
    write_image(tmp_path / "5b.png", np.zeros((3, 3), np.uint8))
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / ".hidden.png").write_bytes(b"")
    return tmp_path


def test_results_and_failures_come_in_the_order_of_the_files(ready: Inspector, shots: Path) -> None:
    files = expand_pictures([shots])
    outcomes = list(inspect_files(ready, files))
    assert [Path(x.file).name for x in outcomes] == [
        "0.png", "1.png", "1b.png", "2.png", "2b.jpg", "3.png", "4.png", "5.png", "5b.png",
    ]  # fmt: skip
    verdicts = [None if x.result is None else x.result.verdict for x in outcomes]
    sound, crack = "no defect", "crack"
    assert verdicts == [sound, crack, None, sound, None, crack, sound, crack, None]
    reasons = [x.reason for x in outcomes if x.result is None]
    assert "empty" in reasons[0]
    assert "too small to judge" in reasons[2]
    alone = next(inspect_files(ready, [files[5]])).result
    together = outcomes[5].result
    assert alone is not None
    assert together is not None
    assert {**alone.to_dict(), "seconds": 0} == {**together.to_dict(), "seconds": 0}


def test_nothing_but_bad_files_gives_reasons_alone(ready: Inspector, shots: Path) -> None:
    outcomes = list(inspect_files(ready, [str(shots / "1b.png"), "/nowhere/x.png"]))
    assert [x.result for x in outcomes] == [None, None]
    assert "does not exist" in (outcomes[1].reason or "")


def test_names_stand_for_files_once_and_in_order(shots: Path) -> None:
    found = expand_pictures([shots / "3.png", shots / "*.png", "https://a.example/b?c=d.png"])
    assert Path(found[0]).name == "3.png"
    assert len(found) == len(set(found)) == 9
    assert found[-1] == "https://a.example/b?c=d.png"
    for pattern, words in (("", "empty"), (str(shots / "*.webp"), "No file matches")):
        with pytest.raises(UnreadableFileError, match=words):
            expand_pictures([pattern])
    (shots / "bare").mkdir()
    with pytest.raises(UnreadableFileError, match="holds no picture"):
        expand_pictures([shots / "bare"])


def test_pictures_are_known_from_recordings(shots: Path) -> None:
    assert are_pictures([shots])
    assert are_pictures([shots / "?.png"])
    assert not are_pictures([shots / "notes.txt"])
    assert not are_pictures(["/nowhere/pump.csv"])


def test_a_name_from_a_server_leads_nowhere_else() -> None:
    assert name_of("http://a.example/..%2F..%2Fetc%2Fpasswd.png").name == "passwd.png"
    assert name_of("http://a.example/").name == "a.example"
    assert name_of("http://a.example/x%5C..%5Cy.png").name == "x_.._y.png"


def test_pictures_of_a_profile_are_read_when_they_are_needed(shots: Path) -> None:
    good = PictureFiles((str(shots / "0.png"), str(shots / "1.png")), mm_per_pixel=0.1)
    assert len(good) == len(list(good)) == len(list(good)) == 2
    assert next(iter(good)).mm_per_pixel == 0.1
    assert good.why_unusable() is None
    assert "1b.png" in (PictureFiles((str(shots / "1b.png"),)).why_unusable() or "")
