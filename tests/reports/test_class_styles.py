"""Classes are told apart by every eye: by colour, and without colour by marker and line."""

from itertools import combinations

import numpy as np
import pytest

from faultlens.reports.class_styles import COLOURS, STYLES, class_names, class_styles
from faultlens.reports.palette import FAMILY_COLOURS

# Machado, Oliveira, Fernandes, IEEE TVCG 15 (2009), severity 1.0: what such an eye sees.
EYES = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour: str, eye: np.ndarray) -> np.ndarray:
    """CIE 1976 Lab of a colour as an eye sees it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(eye @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_tells_the_colours_apart(eye: str) -> None:
    for one, other in combinations(COLOURS, 2):
        assert np.linalg.norm(seen(one, EYES[eye]) - seen(other, EYES[eye])) > 10, (one, other)


def test_no_two_classes_look_alike() -> None:
    eight = class_styles([f"class {i}" for i in range(8)])
    assert len({x.colour for x in eight}) == len({x.marker for x in eight}) == 8
    many = class_styles(["outer race fault", "healthy", *(str(i) for i in range(28))])
    assert len({(x.colour, x.marker) for x in many}) == 30
    assert len({(x.colour, x.dash) for x in many}) == 30
    assert len(class_styles([str(i) for i in range(STYLES + 5)])) == STYLES + 5


def test_a_known_fault_has_the_colour_of_its_lines() -> None:
    names = ("rolling element fault", "knocking", "inner race fault")
    ball, _, inner = class_styles(names)
    assert (ball.colour, inner.colour) == (FAMILY_COLOURS["ball"], FAMILY_COLOURS["inner"])


def test_known_faults_are_named_in_the_language() -> None:
    assert class_names(["cage fault", "knocking"], "zh") == ("保持架故障", "knocking")
    assert class_names(["cage fault"], "en") == ("cage fault",)
