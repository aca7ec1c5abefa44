"""One surface in one light before one camera, taken with and without a defect."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, uniform_filter

from faultlens.images.simulator.camera import Sensor
from faultlens.images.simulator.fields import Dice, Field, grid, log_uniform
from faultlens.images.simulator.light import lamp_field, seen
from faultlens.images.simulator.settings import SurfaceSettings
from faultlens.images.simulator.surface import Change, Surface

_LEAST_STEP, _PLAIN_STEP = 3.0 / 255, 14.0 / 255
"""Changes of the grey value that nobody sees below, and that everybody sees above."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Exposure:
    """What a camera reads of a surface; gain and noise stay the same with and without a defect.

    Args:
        rng: dice of the sensor.
        surface: a surface.
        settings: its light, camera and metal.
        in_colour: whether the camera sees colours.

    Example:
        >>> from faultlens.images.simulator.surface import flat_surface
        >>> settings = SurfaceSettings("polished", "sheet")
        >>> shot = Exposure(np.random.default_rng(0), flat_surface(8, 8), settings, in_colour=False)
        >>> float(shot.plain.mean())
        0.5
    """

    def __init__(
        self, rng: Dice, surface: Surface, settings: SurfaceSettings, *, in_colour: bool
    ) -> None:
        self.surface, self.settings, self.in_colour = surface, settings, in_colour
        self.sensor = Sensor(rng, settings.camera, surface.size)
        self._lamp = lamp_field(*surface.size, settings.light, settings.lay_rad)
        bare = seen(surface, settings.light, self._lamp)
        on_part = bare if surface.inside is None else bare[surface.inside > 0]
        level = float(on_part.mean()) if on_part.size else 1.0
        self._gain = np.float32(settings.camera.brightness / max(level, 1e-3))
        self.plain = self.sensor.expose(coloured(bare * self._gain, settings, in_colour))

    def hurt(self, change: Change) -> Field:
        """What the camera reads of the surface with a defect.

        Args:
            change: the defect.

        Example:
            >>> from faultlens.images.simulator.surface import changed, flat_surface
            >>> settings = SurfaceSettings("polished", "sheet")
            >>> flat = flat_surface(8, 8)
            >>> shot = Exposure(np.random.default_rng(0), flat, settings, in_colour=False)
            >>> float(shot.hurt(changed(flat.shade, (), albedo=0.5 * flat.shade)).mean())
            0.25
        """
        light = seen(self.surface, self.settings.light, self._lamp, change) * self._gain
        tinted = coloured(light, self.settings, self.in_colour, change)
        return self.sensor.expose(warped(tinted, change))


def coloured(
    light: Field, settings: SurfaceSettings, in_colour: bool, change: Change | None = None
) -> Field:
    """Light in the metal's colour, or what a grey camera sees of it.

    Args:
        light: brightness, (row, column).
        settings: has the metal's colour.
        in_colour: whether there are three planes.
        change: a defect that may have a tint.

    Example:
        >>> coloured(np.ones((2, 2), np.float32), SurfaceSettings("cast", "sheet"), True).shape
        (2, 2, 3)
    """
    tint, where = (None, None) if change is None else (change.tint, change.tinted)
    if change is not None and change.hues is not None:
        if not in_colour:
            return light * (change.hues @ _LUMA)
        return light[..., None] * np.array(settings.metal, np.float32) * change.hues
    if not in_colour:
        if tint is None or where is None:
            return light
        grey = np.float32(float(np.dot(tint, _LUMA)))
        return light * (1 + where * (grey - 1))
    planes = light[..., None] * np.array(settings.metal, np.float32)
    if tint is None or where is None:
        return planes
    factors = np.array(tint, np.float32)
    # Corrosion products and stains hide the metal's own colour.
    factors = factors / np.array(settings.metal, np.float32) ** np.float32(0.6)
    return planes * (1 + where[..., None] * (factors - 1))


def warped(light: Field, change: Change) -> Field:
    """The picture shifted as a deformed part shifts it.

    Args:
        light: brightness, (row, column) or (row, column, 3).
        change: a defect that may have a warp.

    Example:
        >>> warped(np.ones((2, 2), np.float32), Change(np.zeros((2, 2), np.float32))).shape
        (2, 2)
    """
    if change.warp is None:
        return light
    rows, columns = grid(*light.shape[:2])
    places = np.stack([rows + change.warp[0], columns + change.warp[1]])
    if light.ndim == 2:
        made: Field = map_coordinates(light, places, order=1, mode="mirror")
        return made
    return np.stack(
        [map_coordinates(light[..., each], places, order=1, mode="mirror") for each in range(3)],
        axis=2,
    )


def visible_step(
    rng: Dice, plain: Field, hurt: Field, change: Change, noise: float
) -> tuple[Field, NDArray[np.bool_]]:
    """What a defect adds to a picture, strengthened where nobody could see it, and where that is.

    Args:
        rng: dice.
        plain: exposed picture without the defect, (row, column) or (row, column, 3).
        hurt: the same with it.
        change: the defect.
        noise: standard deviation of the camera's noise, share of full scale.

    Returns:
        the added light, shaped as `plain`, and the visible pixels, (row, column).

    Example:
        >>> flat = np.full((9, 9), .5, np.float32)
        >>> spot = flat.copy(); spot[4, 4] = .1
        >>> where = (spot < .5).astype(np.float32)
        >>> step, mask = visible_step(np.random.default_rng(0), flat, spot, Change(where), .001)
        >>> bool(mask[4, 4]), bool(mask[0, 0])
        (True, False)
    """
    shown, base = np.clip(hurt, 0, 1), np.clip(plain, 0, 1)
    step = shown - base
    grey_step = _largest(np.abs(step))
    grey = base if base.ndim == 2 else base[..., 1]
    inside = change.where > 0.3
    if not inside.any():
        inside = change.where >= change.where.max()
    peak = float(np.percentile(grey_step[inside], 85))
    rough = float(np.abs(grey - uniform_filter(grey, 5)).mean()) * 1.25 + noise
    borders = float((inside[:, 1:] != inside[:, :-1]).sum() + (inside[1:] != inside[:-1]).sum())
    thick = 4 * float(inside.sum()) / max(borders, 1.0)
    # Wide marks are seen through grain that hides thin ones.
    factor = log_uniform(rng, 1.5, 5.5) * min(1.0, (3 / thick) ** 0.6)
    wanted = max(2.5 * _LEAST_STEP, factor * rough)
    more = np.float32(min(7.0, max(1.0, wanted / max(peak, 1e-4))))
    step = (hurt - plain if more == 1 else step * more).astype(np.float32)
    grey_step = _largest(np.abs(np.clip(plain + step, 0, 1) - base))
    level = max(_LEAST_STEP, min(_PLAIN_STEP, 0.25 * peak * float(more)))
    window = max(5, int(0.09 * min(grey.shape))) if change.broad else 3
    calm = np.maximum(grey_step, uniform_filter(grey_step, window))
    return step, calm > level


def _largest(planes: Field) -> Field:
    if planes.ndim == 2:
        return planes
    return np.maximum(np.maximum(planes[..., 0], planes[..., 1]), planes[..., 2])
