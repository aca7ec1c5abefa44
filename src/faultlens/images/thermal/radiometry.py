"""From the counts of an infrared detector to the temperature of what it looks at, and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError

KELVIN = 273.15
"""0 degC in kelvin."""


@dataclass(frozen=True)
class Radiometry:
    """What a camera states of itself and of the scene.

    Args:
        planck_r1: of the camera's calibration, counts.
        planck_b: of the same, K.
        planck_f: of the same, dimensionless.
        planck_o: of the same, counts.
        planck_r2: of the same, dimensionless.
        emissivity: of what it looks at, above 0 to 1.
        reflected_celsius: apparent temperature of what is mirrored in it, degC.
        distance_m: to what it looks at, m.
        air_celsius: temperature of the air between, degC.
        humidity: relative humidity of the air, 0 to 1.
        window_celsius: temperature of a window before the lens, degC.
        window_transmission: of that window, above 0 to 1; 1 for none.
        air_alpha: of the air's transmission, two numbers, 1/sqrt(m).
        air_beta: of the same, two numbers.
        air_x: of the same, the weight of the first of the two.

    Raises:
        InputError: numbers that no camera can have.

    Example:
        >>> Radiometry(16528.178, 1427.5, 1.0, -1307.0, 0.012258549).emissivity
        0.95
    """

    planck_r1: float
    planck_b: float
    planck_f: float
    planck_o: float
    planck_r2: float
    emissivity: float = 0.95
    reflected_celsius: float = 20.0
    distance_m: float = 0.0
    air_celsius: float = 20.0
    humidity: float = 0.5
    window_celsius: float = 20.0
    window_transmission: float = 1.0
    air_alpha: tuple[float, float] = (0.006569, 0.01262)
    air_beta: tuple[float, float] = (-0.002276, -0.00667)
    air_x: float = 1.9

    def __post_init__(self) -> None:
        numbers = (
            *(self.planck_r1, self.planck_b, self.planck_f, self.planck_o, self.planck_r2),
            *(self.distance_m, self.humidity, *self.air_alpha, *self.air_beta, self.air_x),
            *(self.reflected_celsius, self.air_celsius, self.window_celsius),
        )
        calibrated = min(self.planck_r1, self.planck_b, self.planck_r2) > 0
        shares = 0 < self.emissivity <= 1 and 0 < self.window_transmission <= 1
        warm = min(self.reflected_celsius, self.air_celsius, self.window_celsius) > -KELVIN
        if not (np.isfinite(numbers).all() and calibrated and shares and warm):
            raise InputError(
                f"The camera's constants cannot be: R1 {self.planck_r1:g}, B {self.planck_b:g}, "
                f"R2 {self.planck_r2:g}, emissivity {self.emissivity:g}, window "
                f"{self.window_transmission:g}, reflected {self.reflected_celsius:g} degC. R1, B "
                "and R2 are positive, emissivity and window lie above 0 and up to 1."
            )

    @property
    def air_transmission(self) -> float:
        """Share of the radiation that the air lets through, 0 to 1.

        Source: the atmospheric model of FLIR's cameras, see Minkina and Dudzik, Infrared
        Thermography: Errors and Uncertainties (2009), chapter 2.

        Example:
            >>> round(Radiometry(1, 1, 1, 0, 1, distance_m=10).air_transmission, 3)
            0.981
        """
        t = self.air_celsius
        water = self.humidity * np.exp(1.5587 + 6.939e-2 * t - 2.7816e-4 * t**2 + 6.8455e-7 * t**3)
        root = np.sqrt(max(self.distance_m, 0.0))
        first, second = (
            np.exp(-root * (alpha + beta * np.sqrt(max(water, 0.0))))
            for alpha, beta in zip(self.air_alpha, self.air_beta, strict=True)
        )
        share = self.air_x * first + (1 - self.air_x) * second
        return float(np.clip(share, 1e-3, 1.0))


def counts_of(celsius: NDArray[np.floating], camera: Radiometry) -> NDArray[np.float64]:
    """What a camera counts of a black body at its lens.

    Args:
        celsius: (row, column) or any shape, degC.
        camera: its constants.

    Returns:
        counts, shaped as `celsius`, (row, column).

    Source: Planck's law as FLIR's cameras state it, S = R1 / (R2 (exp(B/T) - F)) - O; see Minkina
    and Dudzik (2009), chapter 2.

    Example:
        >>> camera = Radiometry(16528.178, 1427.5, 1.0, -1307.0, 0.012258549)
        >>> counts_of(np.array([20.0, 100.0]), camera).round(1).tolist()
        [11738.0, 31364.3]
    """
    kelvin = np.asarray(celsius, dtype=np.float64) + KELVIN
    e = np.exp(camera.planck_b / kelvin) - camera.planck_f
    return np.asarray(camera.planck_r1 / (camera.planck_r2 * e) - camera.planck_o)


def celsius_of(counts: NDArray[np.generic], camera: Radiometry) -> NDArray[np.float32]:
    """Temperatures of what a camera looks at, its mirrorings, air and window taken off.

    Args:
        counts: (row, column) as the detector gave them.
        camera: its constants and the scene's.

    Returns:
        (row, column) degC; NaN where the counts lie below what any temperature gives.

    Source: Minkina and Dudzik, Infrared Thermography: Errors and Uncertainties (2009), chapter 2:
    S = e t w S_object + (1 - e) t w S_reflected + (1 - t) w S_air + (1 - w) S_window.

    Example:
        >>> camera = Radiometry(16528.178, 1427.5, 1.0, -1307.0, 0.012258549, emissivity=1.0)
        >>> celsius_of(np.array([[11738.0, 31364.3]]), camera).round(2)
        array([[ 20., 100.]], dtype=float32)
    """
    e, air, window = camera.emissivity, camera.air_transmission, camera.window_transmission
    reflected, between, glass = counts_of(
        np.array([camera.reflected_celsius, camera.air_celsius, camera.window_celsius]), camera
    )
    beside = (1 - e) * air * window * reflected
    beside += (1 - air) * window * between + (1 - window) * glass
    own = (np.asarray(counts, dtype=np.float64) - beside) / (e * air * window)
    with np.errstate(all="ignore"):
        inner = camera.planck_r1 / (camera.planck_r2 * (own + camera.planck_o)) + camera.planck_f
        celsius = camera.planck_b / np.log(inner) - KELVIN
    celsius = np.where((own + camera.planck_o > 0) & (inner > 1), celsius, np.nan)
    return np.asarray(celsius, dtype=np.float32)
