"""A server as a user starts it answers the guide's own client, and every verb with real models."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx2
import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens import Signal, calibrate, simulate
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.write import write_signal
from faultlens.surfaces.write import write_surface
from tests.line.detectors.scan_frames import DEPTH_MM, plate

try:
    import requests
except ImportError:  # httpx2 has the same call: post(url, files=, data=)
    requests: ModuleType = httpx2  # type: ignore[no-redef]

GUIDE = '''
def batch_detection_api(image_paths, defect_types):
    """调用CLIP检测API进行批量处理"""
    url = "http://localhost:8000/match-image-text"
    results = []
    for img_path in image_paths:
        # 读取图像文件
        with open(img_path, "rb") as f:
            files = {"file": (img_path, f, "image/jpeg")}
            # 准备文本提示
            data = {"prompts": [f"metal surface with {dt}" for dt in defect_types]}
            # 发送请求
            response = requests.post(
                url,
                files=files,
                data={"request": json.dumps(data)}
            )
            if response.status_code == 200:
                results.append({
                    "image": img_path,
                    "detections": response.json()["matches"]
                })
    return results
'''
"""The client of the metal defects guide (2026), section 3, with the indentation that the page
lost."""

DEFECTS = ["no defect", "crack", "scratch", "corrosion", "dent", "pitting", "inclusion"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    (folder / "profiles").mkdir()
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    command = [
        sys.executable, "-m", "faultlens", "serve", "--port", "0", "--workers", "1",
        "--profiles", str(folder / "profiles"),
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        environment = {**os.environ, "FAULTLENS_DRAIN_S": "0"}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        with process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http" in line, (folder / "log").read_text()
            yield line.split()[-1]
            process.send_signal(signal.SIGTERM)
            assert process.wait(120) == 0
    lines = [json.loads(x) for x in (folder / "log").read_text().splitlines()]
    assert [x for x in lines if x["level"] == "error"] == []


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def picture(folder: Path) -> Path:
    path = folder / "part_001.jpg"
    shade = np.random.default_rng(1).normal(128, 8, (240, 320)).clip(0, 255).astype(np.uint8)
    shade[100:104, 40:280] = 20
    Pillow.fromarray(shade).save(path)
    return path


def recording(folder: Path, name: str, families: tuple[str, ...], seed: int) -> Path:
    bearing = BearingGeometry(9, 7.94, 39.04)
    made = simulate(
        families, bearing=bearing, shaft_rpm=1772, sample_rate_hz=12000, seconds=2.0, seed=seed
    ).signal
    bare = Signal(made.samples, made.sample_rate_hz, unit="g")
    return write_signal(folder / name, bare, sidecar=False)


def test_the_guides_own_client_works_unchanged(server: str, picture: Path) -> None:
    names = {"requests": requests, "json": json}
    exec(GUIDE.replace("http://localhost:8000", server), names)
    (found,) = names["batch_detection_api"]([str(picture)], DEFECTS)  # type: ignore[operator]
    assert found["image"] == str(picture)
    scores = [x["similarity_score"] for x in found["detections"]]
    assert sorted(x["prompt"] for x in found["detections"]) == sorted(
        f"metal surface with {x}" for x in DEFECTS
    )
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-6)


def test_the_guides_health_check_is_content(server: str) -> None:
    told = requests.get(f"{server}/health").json()
    assert (told["status"], told["model_loaded"], told["device"]) == ("healthy", True, "cpu")


def test_an_answer_to_head_has_no_body(client: httpx2.Client) -> None:
    head, whole = client.head("/health"), client.get("/health")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_a_sentence_never_seen_is_judged_in_the_next_request(
    client: httpx2.Client, picture: Path
) -> None:
    sentence = "a groove that somebody has filed into the flange"
    got = client.post(
        "/v1/inspect", files={"file": (picture.name, picture.read_bytes())},
        data={"request": json.dumps({"defects": [sentence, "dent"]})},
    )  # fmt: skip
    assert got.status_code == 200, got.text
    assert sentence in [x["label"] for x in got.json()["findings"]]
    assert got.json()["file"] == "part_001.jpg"


def test_a_fault_is_named_in_one_recording_and_in_many(client: httpx2.Client, folder: Path) -> None:
    stated = {"request": json.dumps({"shaft_rpm": 1772, "bearing": "6205"})}
    inner = recording(folder, "inner.wav", ("inner",), 1)
    got = client.post("/v1/diagnose", files={"file": (inner.name, inner.read_bytes())}, data=stated)
    assert got.json()["verdict"] == "inner race fault"
    outer = recording(folder, "outer.csv", ("outer",), 2)
    files = [("file", (x.name, x.read_bytes())) for x in (inner, outer)] + [
        ("file", ("no.wav", b"RIFF"))
    ]
    many = client.post("/v1/diagnose", files=files, data=stated).json()
    assert [x["verdict"] for x in many["results"]] == ["inner race fault", "outer race fault"]
    assert [x["file"] for x in many["failures"]] == ["no.wav"]


@pytest.mark.parametrize("path", ["/v1/inspect", "/v1/diagnose"])
def test_a_picture_of_the_result_is_drawn(
    client: httpx2.Client, folder: Path, picture: Path, path: str
) -> None:
    file = picture if "inspect" in path else recording(folder, "inner.wav", ("inner",), 1)
    stated = {} if "inspect" in path else {"shaft_rpm": 1772, "bearing": "6205"}
    got = client.post(
        path, files={"file": (file.name, file.read_bytes())}, data={"request": json.dumps(stated)},
        headers={"Accept": "image/png"},
    )  # fmt: skip
    assert got.headers["content-type"] == "image/png"
    assert got.content.startswith(b"\x89PNG\r\n")


def test_a_dent_is_measured_on_one_scan_and_on_many(client: httpx2.Client, folder: Path) -> None:
    dented, sound = folder / "dented.ply", folder / "sound.npz"
    write_surface(dented, plate(3, dented=True))
    write_surface(sound, plate(4))
    stated = {"request": json.dumps({"unit": "mm", "defects": ["凹坑", "scratch"]})}
    got = client.post(
        "/v1/measure", files={"file": (dented.name, dented.read_bytes())}, data=stated
    )
    assert got.status_code == 200, got.text
    table = got.json()
    assert (table["verdict"], table["file"], table["alarm"]) == ("凹坑", "dented.ply", True)
    worst = table["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 1e-3)
    files = [("file", (x.name, x.read_bytes())) for x in (dented, sound)]
    files.append(("file", ("no.ply", b"ply\nformat ascii 1.0\n")))
    many = client.post("/v1/measure", files=files, data=stated).json()
    assert [x["file"] for x in many["failures"]] == ["no.ply"], many["failures"]
    assert [x["alarm"] for x in many["results"]] == [True, False]
    assert [x["file"] for x in many["failures"]] == ["no.ply"]


def test_a_profile_is_put_in_place_and_used(client: httpx2.Client, folder: Path) -> None:
    bearing = BearingGeometry(9, 7.94, 39.04)
    healthy = [
        simulate((), bearing=bearing, shaft_rpm=1772, sample_rate_hz=12000, seconds=2.0, seed=x)
        for x in range(3)
    ]
    calibrate([x.signal for x in healthy], false_alarms=0.25).save(folder / "made")
    body = (folder / "made").read_bytes()
    assert client.put("/v1/profiles/pump-7", content=b"{}").status_code == 422
    put = client.put("/v1/profiles/pump-7", content=body)
    assert (put.status_code, put.json()["of"]) == (200, "recordings")
    assert [x["name"] for x in client.get("/v1/profiles").json()["profiles"]] == ["pump-7"]
    stated = json.dumps({"shaft_rpm": 1772, "bearing": "6205", "profile": "pump-7"})
    got = client.post(
        "/v1/diagnose", data={"request": stated},
        files={"file": recording(folder, "inner.wav", ("inner",), 1).read_bytes()},
    )  # fmt: skip
    assert got.status_code == 200, got.text
    assert got.json()["profile"] is not None


def test_another_model_takes_a_verb_over(client: httpx2.Client) -> None:
    got = client.put("/v1/models/diagnose", json={"model": "builtin/physics"})
    assert got.json()["model"].startswith("builtin/physics@")
    assert client.get("/health").json()["models"]["diagnose"] == got.json()["model"]
    assert client.put("/v1/models/diagnose", json={"model": "builtin/none"}).status_code == 422
