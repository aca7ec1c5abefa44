"""A model with words of its own compares whole pictures with sentences, many in one pass."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from faultlens.core.stages import MODEL
from faultlens.hosting.desk import Desk
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import Answer, Task
from faultlens.hosting.work import work
from faultlens.images.read import read_image
from faultlens.images.write import write_image
from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.surface_scores import scoring_of
from tests.coloured_model import CRACKED, picture, write_coloured_model

PROMPTS = ["crack", "a crack", "steel", "crack", "裂纹"]
DIM = 256
"""Of the coloured model's space."""

WORDS = """
<ir_version: 10, opset_import: ["": 18]>
words (int64[n, t] ids) => (float[n, dim] embedding)
{
    each = Gather (table, ids)
    axes = Constant <value_ints = [1]> ()
    mean = ReduceMean <keepdims = 0> (each, axes)
    embedding = LpNormalization <axis = 1, p = 2> (mean)
}
"""


def write_model(folder: Path) -> None:
    """The coloured model with a tower of its own: each token has a point drawn by lot."""
    text = load_model("builtin/text").bundle
    tokens = len(json.loads(text.path("tokenizer.json").read_text())["model"]["vocab"]) + 100
    table = np.random.default_rng(1).normal(size=(tokens, DIM)).astype(np.float32)
    graph = onnx.parser.parse_model(WORDS)
    graph.graph.initializer.append(onnx.numpy_helper.from_array(table, "table"))
    ids = np.array([[1, 2, 3], [4, 5, 6]])
    rows = table[ids].mean(axis=1)
    coloured = write_coloured_model(folder)
    with np.load(coloured.path("golden.npz")) as arrays:
        golden = dict(arrays)
    golden["text/in/ids"] = ids
    golden["text/out"] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    written = io.BytesIO()
    np.savez(written, **golden)
    files = {
        "image.onnx": coloured.path("image.onnx").read_bytes(),
        "text.onnx": graph.SerializeToString(),
        "tokenizer.json": text.path("tokenizer.json").read_bytes(),
        "golden.npz": written.getvalue(),
    }
    shutil.rmtree(folder)
    looks = PicturePreparation("clip", 64).to_dict()
    words = {"longest": 64, "fill": 0, "to": 0}
    write_coloured_model(folder, text=None, preparation={**looks, "words": words}, files=files)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, and four uploads, one of them bad."""
    where = tmp_path_factory.mktemp("own-words")
    write_model(where / "models" / "own")
    for number in range(3):
        spots = ((CRACKED, 8 * number, 16, 16, 32),)
        image = picture(number, height=64, width=80, spots=spots[: number + 1])
        write_image(where / f"uploaded-{number}.png", image.pixels)
    (where / "uploaded-3.png").write_bytes(b"no picture")
    return where


@pytest.fixture(scope="module")
def desk(folder: Path) -> Desk:
    models = {"match": "own", "inspect": "builtin/surface", "diagnose": "builtin/bearing",
              "measure": "builtin/scan"}  # fmt: skip
    return Desk(HostPlan(models=models, models_dir=str(folder / "models")))


def done(desk: Desk, folder: Path, numbers: list[int], **options: Any) -> list[Answer]:
    tasks = [
        Task(
            "match", str(folder / f"uploaded-{x}.png"), f"{x}.png", {"prompts": PROMPTS, **options}
        )
        for x in numbers
    ]
    answers: dict[int, Answer] = {}
    work(desk, tasks, answers.__setitem__)
    return [answers[x] for x in range(len(tasks))]


def matches(answer: Answer) -> list[tuple[str, float]]:
    assert answer.problem is None, answer.problem
    return [(x["prompt"], x["similarity_score"]) for x in json.loads(answer.content)["matches"]]


def test_scores_are_the_softmax_of_scaled_cosines_and_a_bad_picture_stops_no_other(
    desk: Desk, folder: Path
) -> None:
    *good, bad = done(desk, folder, [0, 1, 2, 3])
    assert bad.problem is not None
    assert bad.problem.slug == "unreadable-file"
    model = desk.image_model("match", None)
    scale = 1 / scoring_of(model.bundle.calibration).temperature
    for number, answer in enumerate(good):
        image = read_image(folder / f"uploaded-{number}.png")
        cosines = model.encode_text(PROMPTS) @ model.encode(image)[0]
        odds = np.exp(scale * cosines.astype(np.float64))
        expected = dict(zip(PROMPTS, odds / odds.sum(), strict=True))
        found = matches(answer)
        assert sorted(x for x, _ in found) == sorted(PROMPTS)
        assert sum(x for _, x in found) == pytest.approx(1.0)
        for prompt, score in found:
            assert score == pytest.approx(expected[prompt], abs=1e-4)
        assert [x for _, x in found] == sorted((x for _, x in found), reverse=True)
        assert answer.model == desk.references["match"]


def test_all_pictures_of_a_batch_share_one_pass(desk: Desk, folder: Path) -> None:
    answers = done(desk, folder, [0, 1, 2])
    seconds = [x.stage_seconds[MODEL] for x in answers]
    assert seconds == pytest.approx([seconds[0]] * 3)


def test_sentences_are_embedded_once(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = done(desk, folder, [0])
    model = desk.image_model("match", None)
    monkeypatch.setattr(type(model), "encode_text", lambda *_: pytest.fail("asked again"))
    (second,) = done(desk, folder, [0])
    assert second.content == first.content


def test_a_sentence_that_is_none_is_that_task_s_problem(desk: Desk, folder: Path) -> None:
    (bad,) = done(desk, folder, [0], prompts=["crack", "  "])
    assert bad.problem is not None
    assert bad.problem.status == 422


def test_a_model_is_named_by_its_folder_and_opened_when_first_asked_for(folder: Path) -> None:
    other = Desk(HostPlan(models_dir=str(folder / "models")))
    tasks = [
        Task(verb, str(folder / "uploaded-0.png"), "0.png", options, model="own")
        for verb, options in (("match", {"prompts": PROMPTS}), ("inspect", {"defects": ["crack"]}))
    ]
    for task in tasks:
        answers: dict[int, Answer] = {}
        work(other, [task], answers.__setitem__)
        assert answers[0].problem is None
        assert answers[0].model.startswith("mine/colours@")
