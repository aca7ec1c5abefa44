"""Every block of docs/deployment.md in bash and python runs as it stands, in one sitting."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from faultlens.hosting.key_file import Role, add_key
from tests.deploy.stated import ROOT
from tests.served import served

LEFT = ("overlay.png", "drawn.png", "openapi.json", "pump-7.profile")
SAID = (
    '"verdict": "spalling on the inner raceway"',
    '"prompt": "metal surface with crack"',
    '"failures": [{"file": "inner-0.toml"',
    '"profile": "pump-7"',
    "Unknown profile 'pump-8'",
    "faultlens_requests_total{",
    "recordings/not-there.csv 'recordings/not-there.csv' cannot be read",
)


def script(page: str) -> str:
    """Its blocks of bash, and those of python handed to Python, in their order."""
    lines = ["set -e", f'faultlens() {{ "{sys.executable}" -m faultlens "$@"; }}']
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL):
        if kind == "bash":
            lines.append(block)
        elif kind == "python":
            lines.append(f"\"{sys.executable}\" - <<'END_OF_BLOCK'\n{block}END_OF_BLOCK")
    return "\n".join(lines)


def test_every_command_of_the_page_runs_against_a_service(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    folders = {x: tmp_path / x for x in ("profiles", "models", "work")}
    for folder in folders.values():
        folder.mkdir()
    (folders["models"] / "shaft-2026").symlink_to(
        ROOT / "src" / "faultlens" / "builtin" / "surface"
    )
    key = add_key(tmp_path / "keys.toml", "maintenance", Role.ADMIN)
    with served(
        FAULTLENS_API_KEYS_FILE=str(tmp_path / "keys.toml"),
        FAULTLENS_PROFILES_DIR=str(folders["profiles"]),
        FAULTLENS_MODELS_DIR=str(folders["models"]),
    ) as url:
        done = subprocess.run(
            ["bash", "-c", script(page)],
            cwd=folders["work"],
            env={
                **os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1",
                "FAULTLENS_URL": url, "FAULTLENS_API_KEY": key,
            },
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        check = [sys.executable, "-IS", str(ROOT / "deploy" / "healthcheck.py")]
        port = {"FAULTLENS_PORT": url.rpartition(":")[2]}
        assert subprocess.run(check, env={**os.environ, **port}).returncode == 0
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for words in SAID:
        assert _dense(words) in _dense(done.stdout)
    for name in LEFT:
        assert (folders["work"] / name).stat().st_size > 0
    assert (folders["work"] / "overlay.png").read_bytes().startswith(b"\x89PNG")
    paths = json.loads((folders["work"] / "openapi.json").read_text(encoding="utf-8"))["paths"]
    for path in paths:
        # A parameter is a name of somebody's on the page.
        assert re.search(re.sub(r"\\{\w+\\}", r"[\\w-]+", re.escape(path)), page), path


def _dense(text: str) -> str:
    """JSON with and without blanks between its parts is the same."""
    return text.replace('": ', '":').replace(', "', ',"')
