"""Names of scanned defects are probabilities: they sum to 1, and "unknown" is what fits none."""

import numpy as np
import pytest

from faultlens.core.errors import BundleError
from faultlens.inputs.deviation_patch import ScanPatches, scan_patches
from faultlens.runtimes.scan_model import load_scan_model
from faultlens.runtimes.scan_names import ScanScoring, name_defects, scan_scoring, shares
from faultlens.runtimes.scan_question import ScanQuestion, scan_question
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.text.defect_sentences import understood_defects
from faultlens.text.scan_shapes import scan_defects

MODEL = load_scan_model()

FORMS = (
    DefectForm("dent", 0.4, 8.0, 6.5, (-12.0, -7.0), 20.0, seed=1),
    DefectForm("scratch", 0.1, 16.0, 0.9, (9.0, -7.0), 160.0, seed=2),
    DefectForm("pit", 0.8, 2.6, 2.2, (-12.0, 8.0), 0.0, seed=3),
    DefectForm("crack", 0.9, 14.0, 0.6, (10.0, 6.0), 100.0, seed=4),
    DefectForm("bump", 0.5, 2.4, 2.2, (-1.0, 0.0), 0.0, seed=5),
)


@pytest.fixture(scope="module")
def scanned() -> ScanPatches:
    """The five forms in one scan, each found, in their order."""
    made = simulate_scan(defects=FORMS, size_mm=(44.0, 32.0), spacing_mm=0.15, seed=3)
    deviations = deviation_map(made.surface, fit_reference(made.surface))
    found = find_defects(deviations).defects
    nearest = [
        min(
            (x for x in found if x.kind == truth.kind),
            key=lambda x: np.hypot(*np.subtract(x.position_mm[:2], truth.position_mm[:2])),
        )
        for truth in made.truths
    ]
    return scan_patches(deviations, nearest)


@pytest.mark.parametrize(
    "sentences",
    [
        None,
        ["ding", "scrape mark deeper than 1 mm", "rust pits", "hairline crack", "weld spatter"],
        ["磕碰凹痕", "擦伤的沟", "锈蚀坑", "细裂纹", "凸起的焊渣"],
    ],
)
def test_each_form_of_the_simulator_gets_its_name(
    sentences: list[str] | None, scanned: ScanPatches
) -> None:
    named = name_defects(MODEL, scanned, scan_question(sentences, model=MODEL))
    assert named.shape == (5, 6)
    assert named.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert np.allclose(named.sum(axis=1), 1)


def test_what_is_not_asked_for_is_unknown(scanned: ScanPatches) -> None:
    question = scan_question(["crack", "purple slime"], model=MODEL)
    named = name_defects(MODEL, scanned, question)
    assert named.argmax(axis=1).tolist() == [2, 2, 2, 0, 2]


def test_a_sentence_of_the_other_direction_has_no_share(scanned: ScanPatches) -> None:
    named = name_defects(MODEL, scanned, scan_question(["bump", "dent", "rust"], model=MODEL))
    assert (named[:4, 0] == 0).all() and named[4, 1] == 0
    assert named[4, 0] > 0.5


def test_two_sentences_of_one_meaning_share_what_one_had(scanned: ScanPatches) -> None:
    one = name_defects(MODEL, scanned, scan_question(["crack", "dent"], model=MODEL))
    two = name_defects(MODEL, scanned, scan_question(["crack", "裂纹", "dent"], model=MODEL))
    assert two[3, :2].sum() >= one[3, 0] - 1e-6
    assert min(two[3, 0], two[3, 1]) > 0.25


def test_shares_follow_the_cosines_and_the_threshold_by_hand() -> None:
    asked = understood_defects(["dent", "bump"], scan_defects())
    points = np.array([[1, 0], [0, 1]], np.float32)
    question = ScanQuestion(asked, (), points, ("depression", "protrusion"))
    rows = np.array([[0.6, 0.8]], np.float32)
    found = shares(rows, ("depression",), question, ScanScoring(scale=2.0, known_from=0.5))
    dent = np.exp(1.2) / (np.exp(1.2) + np.exp(1.0))
    assert found[0] == pytest.approx([dent, 0, 1 - dent])


@pytest.mark.parametrize(
    ("calibration", "message"),
    [
        ({"scale": 10.0}, "cannot be read: KeyError"),
        ({"scale": "much", "known_from": 0.5}, "cannot be read: ValueError"),
        ({"scale": -1.0, "known_from": 0.5}, "a positive scale and a cosine are needed"),
        ({"scale": 10.0, "known_from": float("nan")}, "a positive scale and a cosine are needed"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused(
    calibration: dict[str, object], message: str
) -> None:
    with pytest.raises(BundleError, match=message):
        scan_scoring(calibration)
