"""How large the image of deploy/Dockerfile gets, without an engine: its own first stage is done.

Run: python -m tools.image_size [EXTRAS]; it downloads what the image holds, and takes a minute or
two. COPY and RUN lines of the stage `build` are done in a temporary folder, in their order.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"

ENVIRONMENT = "/opt/faultlens"
"""Where the Dockerfile installs, and what the second stage takes over."""

BASE_MB = 130
"""python:3.11-slim-bookworm unpacked, about; it was not at hand to be measured."""

SHOWN = 24
"""Rows of the table; what is smaller stands in one row."""


def instructions(text: str, stage: str) -> list[tuple[str, str]]:
    """Word and rest of each instruction of one stage, lines joined, comments left out.

    Args:
        text: of a Dockerfile.
        stage: its name after AS.

    Raises:
        ValueError: no stage of that name.

    Example:
        >>> instructions("FROM a AS b\\n# c\\nRUN x \\\\\\n  y\\nFROM d\\nRUN z", "b")
        [('RUN', 'x y')]
    """
    lines = "\n".join(x for x in text.splitlines() if not x.lstrip().startswith("#"))
    joined = re.sub(r"\s*\\\n\s*", " ", lines)
    rows = [(x.split(None, 1)[0], x.split(None, 1)[1]) for x in joined.splitlines() if x.strip()]
    begins = [n for n, row in enumerate(rows) if row[0] == "FROM"]
    for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        if rows[begin][1].endswith(f" AS {stage}"):
            return rows[begin + 1 : end]
    raise ValueError(f"no stage {stage} in the Dockerfile")


def build(folder: Path, extras: str) -> Path:
    """Do the first stage; the environment that it makes.

    Args:
        folder: empty, to build in.
        extras: of the package, with commas between.
    """
    context, target = folder / "build", folder / "environment"
    context.mkdir()
    # Else pip would think of the environment that this runs in, and Python of its modules.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRT"))
    }
    environment |= {"EXTRAS": extras, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for word, rest in instructions(DOCKERFILE.read_text(encoding="utf-8"), "build"):
        if word == "COPY":
            *sources, place = rest.split()
            for source in sources:
                copy(ROOT / source, context / place)
        elif word == "RUN":
            command = rest.replace(ENVIRONMENT, str(target))
            print(f"$ {rest}", file=sys.stderr)
            subprocess.run(["sh", "-ec", command], cwd=context, env=environment, check=True)
    return target


def copy(source: Path, place: Path) -> None:
    """As COPY does: a folder's content, a file under its name or into a folder.

    Args:
        source: in the repository.
        place: in the stage; a folder where it ends in one or is one.
    """
    if source.is_dir():
        shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        return
    target = place / source.name if place.is_dir() else place
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def megabytes(path: Path) -> float:
    """Size of a file or of all files in a folder, MB (1e6 bytes); links count as nothing."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(x.stat().st_size for x in files if x.is_file() and not x.is_symlink()) / 1e6


def table(environment: Path) -> list[str]:
    """Rows of package and MB, largest first, and the sums.

    Args:
        environment: that was built.
    """
    packages = next(environment.glob("lib/python3*/site-packages"))
    sizes: dict[str, float] = {}
    for entry in packages.iterdir():
        # What a wheel carries of other people's libraries belongs to it.
        name = entry.name.removesuffix(".libs").lower()
        sizes[name] = sizes.get(name, 0.0) + megabytes(entry)
    ranked = sorted(sizes.items(), key=lambda x: -x[1])
    rest = sum(size for _, size in ranked[SHOWN:])
    installed = megabytes(environment)
    return [
        *(f"{size:7.1f}  {name}" for name, size in ranked[:SHOWN]),
        f"{rest:7.1f}  {len(ranked[SHOWN:])} smaller ones",
        f"{installed:7.1f}  MB installed (measured)",
        f"{BASE_MB:7.1f}  MB of the base image (assumed)",
        f"{installed + BASE_MB:7.1f}  MB in all",
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="faultlens-image-") as name:
        print("\n".join(table(build(Path(name), (sys.argv[1:] or ["serve"])[0]))))
