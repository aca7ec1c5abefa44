"""A worker answers each task of a batch as the library would, whatever is wrong with the others."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import faultlens
from faultlens.core.errors import InputError, UsageError
from faultlens.core.stages import DECODE, MODEL, POST, STAGES
from faultlens.hosting import diagnosing, inspecting
from faultlens.hosting.desk import Desk
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import PNG, Answer, Limits, Problem, Task
from faultlens.hosting.warming import warm_up
from faultlens.hosting.work import work
from faultlens.images.write import write_image
from faultlens.inference.diagnose import each_diagnosed
from faultlens.inference.inspector import each_looked_at
from faultlens.profiles.profile import Profile
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

ASKED = ["crack", "scratch", "no defect"]
BEARING: dict[str, Any] = {
    "rolling_elements": 9,
    "ball_diameter_mm": 7.94,
    "pitch_diameter_mm": 39.04,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Uploads and profiles, as a service would have them."""
    where = tmp_path_factory.mktemp("hosting")
    (where / "profiles").mkdir()
    chance = np.random.default_rng(0)
    for number in range(3):
        pixels = chance.normal(110, 6, (96, 96)).clip(0, 255).astype(np.uint8)
        write_image(where / f"upload-{number}.png", pixels)
        if number == 1:
            pixels[46:50, 8:88] = 15
            write_image(where / "scratched-part.png", pixels)
    (where / "upload-torn.png").write_bytes((where / "upload-1.png").read_bytes()[:-60])
    made = simulate(
        ("inner",), bearing=BearingGeometry(**BEARING), shaft_rpm=1772, sample_rate_hz=12000,
        seconds=2.0, seed=3, snr_db=5.0,
    )  # fmt: skip
    write_signal(where / "upload-inner.csv", made.signal, sidecar=False)
    (where / "upload-nonsense.csv").write_text("no,numbers\nat,all\n")
    return where


@pytest.fixture(scope="module")
def desk(folder: Path) -> Desk:
    made = Desk(HostPlan(profiles_dir=str(folder / "profiles")))
    pictures = [faultlens.read_image(folder / f"upload-{x}.png") for x in range(3)]
    faultlens.calibrate(pictures, name="plates").save(folder / "profiles" / "plates.profile")
    reference = made.references["diagnose"]
    healthy = Profile("pump-7", reference, 0.4, 0.5, 0.5, 1, (0.2,), "6205")
    healthy.save(folder / "profiles" / "pump-7.profile")
    return made


def look(folder: Path, upload: str, name: str = "part.png", verb: str = "inspect", **options: Any):  # type: ignore[no-untyped-def]
    return Task(verb, str(folder / upload), name, options)


def listen(folder: Path, upload: str = "upload-inner.csv", **options: Any) -> Task:
    stated = {"shaft_rpm": 1772.0, "bearing": BEARING, **options}
    return Task("diagnose", str(folder / upload), "pump 7.csv", stated)


def done(desk: Desk, *tasks: Task) -> list[Answer]:
    answers: dict[int, Answer] = {}

    def tell(number: int, answer: Answer) -> None:
        assert number not in answers
        answers[number] = answer

    work(desk, tasks, tell)
    return [answers[x] for x in range(len(tasks))]


def problem(answer: Answer) -> Problem:
    assert answer.problem is not None
    assert answer.content == b""
    return answer.problem


def told(answer: Answer) -> dict[str, Any]:
    assert answer.problem is None, answer.problem
    table: dict[str, Any] = json.loads(answer.content)
    return table


def timeless(table: dict[str, Any]) -> dict[str, Any]:
    return {x: value for x, value in table.items() if x not in ("seconds", "file", "history")}


def test_all_verbs_are_warm_before_anybody_asks(desk: Desk) -> None:
    began = time.process_time()
    seconds = warm_up(desk)
    took_s = time.process_time() - began
    assert set(seconds) == {"match", "inspect", "diagnose", "measure"}
    # Of the processor's time: the clock's is more where others are at work too.
    assert all(x > 0 for x in seconds.values()) and took_s < 10


def test_a_recording_is_diagnosed_as_by_the_library_and_called_as_the_client_calls_it(
    desk: Desk, folder: Path
) -> None:
    (answer,) = done(desk, listen(folder))
    found = told(answer)
    signal = faultlens.read_signal(folder / "upload-inner.csv")
    expected = faultlens.diagnose(signal, shaft_rpm=1772, bearing=BearingGeometry(**BEARING))
    assert found["verdict"] == expected.verdict == "inner race fault"
    assert found["findings"] == expected.to_dict()["findings"]
    assert found["file"] == "pump 7.csv"
    assert "upload-inner" not in answer.content.decode()
    assert str(folder) not in answer.content.decode()
    assert (answer.verdict, answer.alarm) == ("fault", True)
    assert answer.score == pytest.approx(expected.alarm_score, abs=1e-6)
    assert answer.model == desk.references["diagnose"]
    assert set(answer.stage_seconds) == set(STAGES)
    assert answer.stage_seconds[DECODE] > 0


@pytest.mark.parametrize(
    ("upload", "options", "slug", "words"),
    [
        ("upload-nonsense.csv", {}, "unreadable-file", "pump 7.csv"),
        ("upload-inner.csv", {"channel": "FE"}, "unknown-name", "FE"),
        ("upload-inner.csv", {"bearing": {"balls": 9}}, "invalid-options", "rolling_elements"),
        ("upload-inner.csv", {"profile": "nobody"}, "unknown-name", "Known: plates, pump-7"),
        ("upload-inner.csv", {"profile": "plates"}, "invalid-options", "is of pictures"),
        ("upload-inner.csv", {"faults": []}, "invalid-options", "faults is empty"),
    ],
)
def test_what_is_wrong_with_a_recording_is_said_without_our_paths(
    desk: Desk, folder: Path, upload: str, options: dict[str, Any], slug: str, words: str
) -> None:
    said = problem(done(desk, listen(folder, upload, **options))[0])
    assert (said.status, said.slug) == (422, slug)
    assert words in said.detail
    assert str(folder) not in said.detail
    assert "upload" not in said.detail


def test_a_bad_recording_stops_no_other(desk: Desk, folder: Path) -> None:
    bad, good = done(desk, listen(folder, "upload-nonsense.csv"), listen(folder))
    assert problem(bad).status == 422
    assert told(good)["verdict"] == "inner race fault"


def test_the_threshold_is_that_of_the_profile_by_its_name(desk: Desk, folder: Path) -> None:
    (answer,) = done(desk, listen(folder, profile="pump-7"))
    assert (told(answer)["profile"], told(answer)["threshold"]) == ("pump-7", 0.4)


def test_a_profile_that_was_replaced_counts_at_once(desk: Desk, folder: Path) -> None:
    path = folder / "profiles" / "pump-8.profile"
    made = Profile("pump-8", desk.references["diagnose"], 0.4, 0.5, 0.5, 1, (0.2,), "6205")
    for threshold in (0.4, 0.6):
        replace(made, threshold=threshold).save(path)
        (answer,) = done(desk, listen(folder, profile="pump-8"))
        assert told(answer)["threshold"] == threshold
    path.unlink()
    assert problem(done(desk, listen(folder, profile="pump-8"))[0]).slug == "unknown-name"


def test_pictures_are_inspected_as_by_the_library(desk: Desk, folder: Path) -> None:
    uploads = ["upload-0.png", "scratched-part.png", "upload-2.png"]
    answers = done(desk, *(look(folder, x, f"{x}!", defects=ASKED) for x in uploads))
    for upload, answer in zip(uploads, answers, strict=True):
        alone = faultlens.inspect(faultlens.read_image(folder / upload), defects=ASKED)
        found = told(answer)
        assert found["file"] == f"{upload}!"
        assert found["verdict"] == alone.verdict
        assert found["alarm_score"] == pytest.approx(alone.alarm_score, abs=1e-4)
        assert str(folder) not in answer.content.decode()
        assert answer.verdict in ("defect", "no defect", "unknown")


def test_a_bad_picture_stops_no_other(desk: Desk, folder: Path) -> None:
    uploads = ["upload-0.png", "upload-torn.png", "upload-2.png"]
    first, torn, last = done(desk, *(look(folder, x) for x in uploads))
    assert problem(torn).slug == "unreadable-file"
    assert "part.png" in problem(torn).detail
    assert told(first)["file"] == told(last)["file"] == "part.png"


def test_an_error_in_the_middle_of_a_pass_is_that_picture_s_alone(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = each_looked_at

    def breaks(ready: Any, looks: Any) -> Any:
        for look in looks:
            if look.given.name == "bad.png":
                raise InputError("bad.png cannot be judged.")
            yield from honest(ready, [look])

    monkeypatch.setattr(inspecting, "each_looked_at", breaks)
    names = ["0.png", "bad.png", "1.png", "2.png"]
    answers = done(desk, *(look(folder, "upload-0.png", x) for x in names))
    assert problem(answers[1]).detail == "bad.png cannot be judged."
    assert [told(x)["file"] for x in (answers[0], *answers[2:])] == ["0.png", "1.png", "2.png"]


def test_different_questions_in_one_batch_are_each_answered(desk: Desk, folder: Path) -> None:
    asked = [["crack"], ["purple slime on the part"], ["crack"], None]
    answers = done(desk, *(look(folder, "upload-0.png", defects=x) for x in asked))
    for defects, answer in zip(asked, answers, strict=True):
        labels = {x["label"] for x in told(answer)["findings"]}
        assert set(defects or ["crack"]) <= labels
    assert timeless(told(answers[0])) == timeless(told(answers[2]))


def test_a_sentence_never_seen_is_judged_at_once_and_then_remembered(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = look(folder, "upload-0.png", defects=["a herring-shaped burn beside the flange"])
    (first,) = done(desk, task)
    assert "a herring-shaped burn beside the flange" in first.content.decode()
    model = desk.image_model("inspect", None)
    monkeypatch.setattr(type(model), "encode_text", lambda *_: pytest.fail("asked again"))
    (second,) = done(desk, task)
    assert timeless(told(second)) == timeless(told(first))


def test_stages_of_a_shared_pass_are_shared_out(desk: Desk, folder: Path) -> None:
    answers = done(desk, *(look(folder, f"upload-{x}.png") for x in range(3)))
    model = [x.stage_seconds[MODEL] for x in answers]
    assert model == pytest.approx([model[0]] * 3)
    assert all(x.stage_seconds[POST] > 0 for x in answers)


def test_profiles_of_pictures_are_named_too_and_those_of_recordings_refused(
    desk: Desk, folder: Path
) -> None:
    (answer,) = done(desk, look(folder, "scratched-part.png", profile="plates"))
    assert told(answer)["profile"] == "plates"
    assert told(answer)["references"] == 3
    (wrong,) = done(desk, look(folder, "upload-0.png", profile="pump-7"))
    assert "is of recordings" in problem(wrong).detail
    (outside,) = done(desk, look(folder, "upload-0.png", profile="../plates"))
    assert (problem(outside).status, problem(outside).slug) == (422, "invalid-options")


def test_results_come_as_pictures_too(desk: Desk, folder: Path) -> None:
    pictures = [replace(look(folder, "scratched-part.png"), media_type=PNG)]
    (overlay,) = done(desk, *pictures)
    (figure,) = done(desk, replace(listen(folder), media_type=PNG))
    assert overlay.content[:4] == figure.content[:4] == b"\x89PNG"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    desk: Desk, folder: Path
) -> None:
    task = replace(look(folder, "upload-0.png"), limits=Limits(pixels=96 * 95))
    said = problem(done(desk, task)[0])
    assert (said.status, said.slug) == (413, "too-large")


def test_no_url_is_fetched_unless_the_operator_says_so(desk: Desk) -> None:
    (answer,) = done(desk, Task("inspect", "http://127.0.0.1:1/a.png", "http://127.0.0.1:1/a.png"))
    assert "fetches no URLs" in problem(answer).detail
    allowed = Desk(replace(desk.plan, allow_urls=True))
    (answer,) = done(allowed, Task("inspect", "http://127.0.0.1:1/a.png", "a.png"))
    assert problem(answer).slug == "unreachable-url"
    assert "loopback" in problem(answer).detail


def matches(answer: Answer) -> list[tuple[str, float]]:
    return [(x["prompt"], x["similarity_score"]) for x in told(answer)["matches"]]


@pytest.mark.parametrize(
    "prompts",
    [
        ["metal surface with crack", "metal surface with scratch", "metal surface with no defect"],
        ["crack", "crack", " crack "],
        ["no defect"],
        ["no defect", "flawless"],
        ["unknown", "Unknown", "crack"],
        ["划痕", "裂纹", "无缺陷"],
        ["a crack longer than 3 mm near the edge"],
    ],
)
def test_sentences_are_matched_word_for_word_best_first_and_sum_to_one(
    desk: Desk, folder: Path, prompts: Sequence[str]
) -> None:
    (answer,) = done(desk, look(folder, "scratched-part.png", verb="match", prompts=prompts))
    found = matches(answer)
    assert sorted(x for x, _ in found) == sorted(prompts)
    scores = [x for _, x in found]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1.0)


def test_the_same_sentence_twice_scores_the_same(desk: Desk, folder: Path) -> None:
    prompts = ["crack", "scratch", "crack"]
    (answer,) = done(desk, look(folder, "scratched-part.png", verb="match", prompts=prompts))
    scores = [x for prompt, x in matches(answer) if prompt == "crack"]
    assert scores[0] == scores[1] > 0


def test_a_sentence_that_says_nothing_stops_no_other_task(desk: Desk, folder: Path) -> None:
    bad, good = done(
        desk,
        look(folder, "upload-0.png", verb="match", prompts=["crack", "..."]),
        look(folder, "upload-0.png", verb="match", prompts=ASKED),
    )
    assert (problem(bad).status, problem(bad).slug) == (422, "invalid-options")
    assert len(matches(good)) == 3


def test_a_profile_is_checked_and_described(desk: Desk, folder: Path) -> None:
    profiles = [str(folder / "profiles" / f"{x}.profile") for x in ("plates", "pump-7")]
    profiles.append(str(folder / "upload-0.png"))
    plates, pump, other = done(desk, *(Task("check-profile", x, "new.profile") for x in profiles))
    assert told(plates)["of"] == "pictures"
    assert told(plates)["samples"] == 3
    assert told(pump)["of"] == "recordings"
    assert told(pump)["threshold"] == 0.4
    assert problem(other).status == 422


def test_what_breaks_unforeseen_is_our_fault_and_tells_nothing_of_us(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(inspecting, "inspection_content", breaks)
    (answer,) = done(desk, look(folder, "upload-0.png"))
    assert (problem(answer).status, problem(answer).slug) == (500, "our-fault")
    assert "secret" not in problem(answer).detail
    assert "secret of the house" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        UsageError("image.onnx: RUNTIME_EXCEPTION : Failed to allocate memory for 805306368 bytes"),
    ],
)
def test_memory_that_runs_out_is_the_file_s_size(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(inspecting, "picture_of", greedy)
    (answer,) = done(desk, look(folder, "upload-0.png"))
    assert (problem(answer).status, problem(answer).slug) == (413, "too-large")


def test_recordings_of_a_batch_share_the_time_of_the_encoders(desk: Desk, folder: Path) -> None:
    answers = done(desk, *(listen(folder) for _ in range(3)))
    assert timeless(told(answers[0])) == timeless(told(answers[2]))
    seconds = [x.stage_seconds[MODEL] for x in answers]
    assert seconds == pytest.approx([seconds[0]] * 3)


def test_an_error_that_breaks_a_batch_of_recordings_is_one_task_s_alone(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = each_diagnosed

    def breaks(cases: Any) -> Any:
        if any(recording.path.name == "bad.csv" for recording, _ in cases):
            raise RuntimeError("unforeseen")
        return honest(cases)

    monkeypatch.setattr(diagnosing, "each_diagnosed", breaks)
    tasks = [listen(folder), replace(listen(folder), name="bad.csv"), listen(folder)]
    good, bad, last = done(desk, *tasks)
    assert problem(bad).slug == "our-fault"
    assert told(good)["verdict"] == told(last)["verdict"] == "inner race fault"


def test_a_region_beside_the_picture_fails_alone(desk: Desk, folder: Path) -> None:
    inside, beside = done(
        desk,
        look(folder, "upload-0.png", roi=[0, 0, 48, 40], zoom=1),
        look(folder, "upload-0.png", roi=[[900, 0], [990, 0], [990, 90]]),
    )
    assert told(inside)["roi"]["corners"][2] == [48, 40]
    assert "1 places again, enlarged" in told(inside)["history"][-1]
    assert "Give the region in pixels of this picture" in problem(beside).detail
