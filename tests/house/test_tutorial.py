"""The commands of the tutorials run as they stand, from an empty folder."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS = {
    "tutorial.md": (
        "results/plant/report.html", "results/plant/metrics.json", "bundles/plant/manifest.json",
        "report/report.html", "plant.profile", "workflow/2_architecture.svg",
        "bundles/tuned/manifest.json", "results/compare/report.html", "results/shots/few_shot.json",
    ),
    "inspection.md": (
        "report/report.html", "report/results.csv", "report/coco.json", "shaft.profile",
        "results.jsonl", "results/shafts/metrics.json", "bundles/shaft/manifest.json",
    ),
    "hard-cases.md": (
        "bundles/plates/manifest.json", "report/report.html", "corrections/corrections.json",
        "plates.profile", "confused.png",
    ),
    "measuring.md": (
        "scans/damaged/truth.json", "report/report.html", "report/defects.csv", "results.jsonl",
        "judged/report.html", "plate.profile", "judged.jsonl",
    ),
    "line.md": ("line.db", "alarms.jsonl", "results.csv"),
}  # fmt: skip
"""Page -> what its commands leave behind."""

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}

NOT_RUN = ("pip install", "FOLDER_OF_DATED_RECORDINGS")
"""What installs, and what needs recordings of the reader's own."""


SAID = {
    "tutorial.md": ("inner race fault", "outer race fault"),
    "inspection.md": ("scratch", "threshold"),
    "hard-cases.md": ("Method: ", "as the model said", "What is said of 15 labelled pictures"),
    "measuring.md": (
        "dent",
        "false-alarm rate 0.2",
        "faultlens measure FILES --profile plate.profile",
    ),
    "line.md": ("line.toml is right", "faultlens watches 'press 3'", "inner race fault"),
}
"""Page -> words of what its commands print."""


WARM = Path(__file__).parent / "warm_commands.py"


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Socket of a process that has imported already what each command imports."""
    path = tmp_path_factory.mktemp("warm") / "socket"
    command = [sys.executable, str(WARM), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield path
        process.kill()


def blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", TUTORIALS)
def test_every_command_of_a_tutorial_runs_and_leaves_what_it_names(
    page: str, tmp_path: Path, warm: Path
) -> None:
    for table in blocks(page, "toml"):
        name = re.match(r"# (\S+\.toml)", table)
        assert name is not None, "a recipe's first line names its file"
        (tmp_path / name[1]).write_text(table, encoding="utf-8")
    command = f'faultlens() {{ "{sys.executable}" -I -S "{WARM}" "{warm}" "$@"; }}'
    chosen = [x for x in blocks(page, "sh") if not any(word in x for word in NOT_RUN)]
    script = "\n".join(["set -e", command, *chosen])
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for path in TUTORIALS[page]:
        assert (tmp_path / path).is_file(), f"{path} is missing; it said: {done.stdout[-2000:]}"
    for words in SAID[page]:
        assert words in done.stdout
