"""A torch module is written as ONNX that computes the same, for any length of its free axes."""

import hashlib
from pathlib import Path

import onnx
import pytest
import torch
from torch import nn

from faultlens.core.errors import BundleError, UsageError
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx

FREE = {name: {0: "batch", 1: "token"} for name in ("ids", "mask")}


class Tower(nn.Module):
    """The mean of a sentence's token vectors, turned and at unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(11, 8)
        self.turn = nn.Linear(8, 4)
        self.drop = nn.Dropout(0.5)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        weights = mask.unsqueeze(-1).to(torch.float32)
        mean = (self.table(ids) * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        return nn.functional.normalize(self.drop(self.turn(mean)), dim=-1)


def sentences(rows: int, tokens: int) -> dict[str, torch.Tensor]:
    ids = torch.arange(rows * tokens).reshape(rows, tokens) % 11
    return {"ids": ids, "mask": (ids != 0).to(torch.int64)}


@pytest.fixture(scope="module")
def tower() -> Tower:
    torch.manual_seed(5)
    return Tower()


@pytest.fixture(scope="module")
def path(tower: Tower, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "text.onnx"
    export_onnx(tower, sentences(3, 7), path, dynamic=FREE)
    return path


@pytest.mark.parametrize(("rows", "tokens"), [(3, 7), (1, 1), (300, 12)])
def test_the_file_computes_what_the_module_does(
    tower: Tower, path: Path, rows: int, tokens: int
) -> None:
    assert parity(tower, path, sentences(rows, tokens), bound=1e-5) < 1e-5
    assert tower.training, "the module is left in the mode that it was in"


def test_the_file_says_its_names_and_no_path_of_this_machine(path: Path) -> None:
    model = onnx.load(path)
    onnx.checker.check_model(model)
    assert [x.name for x in model.graph.input] == ["ids", "mask"]
    assert [x.name for x in model.graph.output] == ["embedding"]
    axes = [x.dim_param for x in model.graph.input[0].type.tensor_type.shape.dim]
    assert axes == ["batch", "token"]
    assert max(x.version for x in model.opset_import) >= 17
    assert Path(__file__).name.encode() not in path.read_bytes()
    assert [x.name for x in path.parent.iterdir()] == ["text.onnx"]


def test_the_same_module_gives_the_same_bytes_without_a_word(
    tower: Tower, path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    export_onnx(tower, sentences(3, 7), tmp_path / "again.onnx", dynamic=FREE)
    found = [hashlib.sha256(x.read_bytes()) for x in (path, tmp_path / "again.onnx")]
    assert found[0].hexdigest() == found[1].hexdigest()
    assert capfd.readouterr() == ("", "")


def test_another_module_is_told_from_the_file(path: Path) -> None:
    torch.manual_seed(6)
    with pytest.raises(BundleError, match=r"differs from the module .* by .*; 0.0001 is allowed"):
        parity(Tower(), path, sentences(3, 7))
    broken = Tower()
    nn.init.constant_(broken.turn.weight, float("nan"))
    with pytest.raises(BundleError, match="by nan"):
        parity(broken, path, sentences(3, 7))


def test_an_axis_that_could_not_stay_free_is_refused(tower: Tower, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"axis 0 \(batch\) of 'ids' has length 1; give at least 2"
    ):
        export_onnx(tower, sentences(1, 7), tmp_path / "x.onnx", dynamic=FREE)
    with pytest.raises(UsageError, match="name the input 'idz'; the example has ids, mask"):
        export_onnx(tower, sentences(3, 7), tmp_path / "x.onnx", dynamic={"idz": {0: "batch"}})
    assert not [*tmp_path.iterdir()]
