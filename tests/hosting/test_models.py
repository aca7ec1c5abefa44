"""Requests name built-in models and folders of one folder; never a path."""

import json
from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.hosting.models import (
    checked_name,
    is_quick_to_load,
    reference_of,
    refuse_unexported,
    served_names,
)
from faultlens.hosting.plan import HostPlan


@pytest.fixture
def plan(tmp_path: Path) -> HostPlan:
    for name in ("tuned", "empty", ".hidden"):
        (tmp_path / name).mkdir()
        if name != "empty":
            (tmp_path / name / "manifest.json").write_text("{}")
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "config.json").write_text(json.dumps({"model_type": "clip"}))
    return HostPlan(models_dir=str(tmp_path))


def test_served_are_built_in_models_and_folders_that_hold_one(plan: HostPlan) -> None:
    assert served_names(plan, "inspect") == ("builtin/surface", "clip", "tuned")
    assert served_names(plan, "diagnose") == ("builtin/bearing", "builtin/physics", "clip", "tuned")
    assert served_names(plan, "measure") == ("builtin/scan", "clip", "tuned")
    assert set(served_names(plan)) == {
        "builtin/bearing", "builtin/physics", "builtin/scan", "builtin/surface", "clip", "tuned",
    }  # fmt: skip
    assert served_names(HostPlan(models_dir="/nowhere"), "match") == ("builtin/surface",)


@pytest.mark.parametrize(
    "name", ["/etc", "..", "../tuned", "./tuned", "tuned/", "empty", ".hidden", "", "hf:a/b", "\0"]
)
def test_anything_else_is_unknown(plan: HostPlan, name: str) -> None:
    with pytest.raises(UnknownNameError, match="Known: builtin/surface, clip, tuned"):
        checked_name(plan, "inspect", name)


def test_a_name_stands_for_its_folder_and_none_for_the_model_of_the_verb(plan: HostPlan) -> None:
    assert reference_of(plan, "inspect", "tuned") == str(Path(plan.models_dir) / "tuned")
    assert reference_of(plan, "inspect", None) == "builtin/surface"
    other = plan.with_model("inspect", "tuned")
    assert reference_of(other, "inspect", None) == str(Path(plan.models_dir) / "tuned")


def test_no_request_waits_for_an_export(plan: HostPlan) -> None:
    refuse_unexported("builtin/surface")
    with pytest.raises(UsageError, match="'clip' was not made ready"):
        refuse_unexported(reference_of(plan, "match", "clip"))


def test_only_built_in_models_are_loaded_by_all_workers_at_once(plan: HostPlan) -> None:
    assert is_quick_to_load(plan)
    assert not is_quick_to_load(plan.with_model("match", "clip"))
