"""What a checkpoint says of windows: noise as stated, unseen classes, adapting without labels."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="checkpoints need torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import cut_windows
from faultlens.evaluation.answers import (
    Noise,
    adapted_answers,
    answers,
    asked,
    condition_arrays,
    noisy,
)
from faultlens.evaluation.evaluate import NOT_ADAPTED, Trial, checked_protocol, evaluate
from faultlens.models.checkpoint import Checkpoint
from faultlens.models.restored import RestoredModel
from faultlens.training.experiment import Experiment
from faultlens.training.settings import TrainingSettings
from faultlens.training.zero_shot import open_text_for, train_zero_shot
from tests.shaped_noise import HUM, RATE_HZ, recordings

HOW = Experiment(training=TrainingSettings(epochs=12, batch_size=16, learning_rate=0.02))
SEEN = recordings(each=2, windows=10)
TEST = recordings(seed=3, condition="30 Hz 2 V", windows=20)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """A model that tells the three classes apart."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("weights") / "model"
    return train_zero_shot(SEEN, HOW, open_text_for(HOW, SEEN), folder, quiet=True)


def test_its_answers_are_probabilities_in_the_order_of_its_classes(made: Checkpoint) -> None:
    found = answers(asked(made, TEST), RestoredModel(made))
    assert found.classes == made.classes and found.right.mean() > 0.95
    assert found.scores.sum(axis=1) == pytest.approx(np.ones(60))
    assert set(found.condition) == {"30 Hz 2 V"}


@pytest.mark.parametrize("snr_db", [20.0, 0.0, -5.0])
def test_noise_has_the_power_that_was_asked_for_in_every_window(snr_db: float) -> None:
    loud = replace(TEST[0], signal=replace(TEST[0].signal, samples=50 * TEST[0].signal.samples + 7))
    clean = cut_windows([loud, *TEST[1:]], window=256)
    added = noisy(clean, Noise(snr_db, seed=1)).samples - clean.samples
    ratio = clean.samples.var(axis=1) / added.var(axis=1)
    assert 10 * np.log10(ratio.mean()) == pytest.approx(snr_db, abs=0.3)
    assert np.abs(10 * np.log10(ratio) - snr_db).max() < 2
    again = noisy(clean, Noise(snr_db, seed=1)).samples
    assert again == pytest.approx(clean.samples + added, abs=1e-4), "the same seed, the same noise"
    assert not np.array_equal(noisy(clean, Noise(snr_db, seed=2)).samples, again)
    with pytest.raises(UsageError, match="ratio of nan dB"):
        noisy(clean, Noise(float("nan")))


def test_a_class_never_trained_on_is_asked_through_the_text_model(made: Checkpoint) -> None:
    odd = replace(TEST[0], label="cage fault", key="odd")
    question = asked(made, [*TEST, odd])
    assert question.unseen == ("cage fault",) and question.classes[:3] == made.classes
    found = answers(question, RestoredModel(made))
    assert found.scores.shape == (80, 4)
    three = answers(asked(made, TEST), RestoredModel(made))
    odds = found.scores[:60, :3] / found.scores[:60, :3].sum(axis=1, keepdims=True)
    assert odds == pytest.approx(three.scores, abs=1e-5), "the others keep their odds"


def test_adapting_never_looks_at_a_label(made: Checkpoint) -> None:
    question, model = asked(made, TEST), RestoredModel(made)
    names = list(HUM)
    shuffled = [replace(x, label=names[-1 - i % 3]) for i, x in enumerate(TEST)]
    unheard = [replace(x, label=f"nobody's word {i}") for i, x in enumerate(TEST)]
    one, two, three = (
        adapted_answers(question, model, condition_arrays(made, x))[0].scores
        for x in (TEST, shuffled, unheard)
    )
    assert np.array_equal(one, two) and np.array_equal(one, three)


def test_adapting_finds_classes_that_moved(made: Checkpoint) -> None:
    moved = recordings(seed=4, condition="40 Hz", windows=40, hum_at=0.03)
    question, model = asked(made, moved), RestoredModel(made)
    before = answers(question, model)
    after, notices = adapted_answers(question, model, condition_arrays(made, moved))
    assert after.right.mean() > before.right.mean() + 0.05
    assert notices and after.scores.sum(axis=1) == pytest.approx(np.ones(120))


def test_too_few_windows_to_adapt_to_are_told(made: Checkpoint) -> None:
    few = condition_arrays(made, recordings(labels=("healthy",), windows=5))
    with pytest.raises(UnusableSignalError, match="5 windows to adapt to and 3 classes"):
        adapted_answers(asked(made, TEST), RestoredModel(made), few)


def test_a_condition_as_noisy_as_the_test_is_what_is_adapted_to(
    made: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[np.ndarray] = []

    def noted(features: np.ndarray, log_odds: np.ndarray) -> object:
        from faultlens.training.adaptation import adapted

        heard.append(features)
        return adapted(features, log_odds)

    monkeypatch.setattr("faultlens.evaluation.answers.adapted", noted)
    evaluate(made, TEST, Trial(noise=Noise(0.0), adapt_to=TEST), quiet=True)
    clean = asked(made, TEST).arrays.reshape(60, -1)
    loud = asked(made, TEST, noise=Noise(0.0)).arrays.reshape(60, -1)
    assert np.array_equal(heard[0], loud) and not np.array_equal(heard[0], clean)


def test_a_higher_rate_is_brought_down_and_a_lower_one_refused(made: Checkpoint) -> None:
    def at(rate_hz: float) -> list[LabelledRecording]:
        return [replace(x, signal=replace(x.signal, sample_rate_hz=rate_hz)) for x in TEST]

    assert len(asked(made, at(2 * RATE_HZ)).arrays) == 30
    with pytest.raises(UsageError, match="5120 Hz is above the lowest rate of the recordings"):
        asked(made, at(4000.0))


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ([replace(x, key=SEEN[0].key) for x in TEST], "seed"),
        (recordings(seed=3, windows=12), "recording-disjoint"),
        (TEST, "condition-disjoint"),
    ],
)
def test_without_a_protocol_the_hardest_that_is_fulfilled_is_told(
    made: Checkpoint, test: list[object], told: str
) -> None:
    assert checked_protocol(made, test, Trial()) == told  # type: ignore[arg-type]


def test_what_leaks_is_refused_with_its_reason(made: Checkpoint) -> None:
    with pytest.raises(UsageError, match=r"seed is refused: the samples of .* on both sides"):
        evaluate(made, SEEN, Trial(), quiet=True)
    copied = [replace(x, key="renamed", file="copy.csv", condition="30 Hz") for x in SEEN]
    with pytest.raises(UsageError, match="samples of"):
        evaluate(made, copied, Trial("condition-disjoint"), quiet=True)
    with pytest.raises(
        UsageError, match="condition-disjoint is refused: the condition '20 Hz 0 V'"
    ):
        evaluate(made, recordings(seed=3), Trial("condition-disjoint"), quiet=True)
    with pytest.raises(UsageError, match="by 'condition' was given without a protocol"):
        evaluate(made, TEST, Trial(by="condition"), quiet=True)
    with pytest.raises(UsageError, match="every class tested was trained on"):
        evaluate(made, TEST, Trial("class-held-out"), quiet=True)


def test_floors_and_facts_stand_beside_the_answers(made: Checkpoint) -> None:
    found = evaluate(made, TEST, Trial("condition-disjoint", adapt_to=TEST), quiet=True)
    assert {NOT_ADAPTED} < set(found.floors) and len(found.floors) == 3
    assert found.about["protocol"] == "condition-disjoint"
    assert found.about["seeds"] == [0] and found.about["model"]["reference"] == made.reference
    assert found.about["settings"]["adapted to"] == "3 recordings, without their labels"
    assert len(found.about["warnings"]) >= 1
    reasons = [x.en for x in found.floors.values() if hasattr(x, "en")]
    assert any("the data that the model was trained on is not at" in x for x in reasons)
    same = evaluate(made, [replace(x, key=SEEN[0].key) for x in TEST], Trial(), quiet=True)
    assert any("this protocol ('seed') shows that a model" in x.en for x in same.about["warnings"])
