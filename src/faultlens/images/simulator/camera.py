"""A camera: what it makes of the light that reaches it, and the file that it writes."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from faultlens.images.simulator.fields import Dice, Field
from faultlens.images.simulator.settings import Camera

Pixels = NDArray[np.uint8]
"""A picture, (row, column) grey or (row, column, 3) red, green and blue."""


class Sensor:
    """One exposure's noise, kept so that the same scene can be taken twice.

    Args:
        rng: dice.
        camera: the camera.
        size: rows and columns.

    Example:
        >>> sensor = Sensor(np.random.default_rng(0), Camera(noise=0.0), (8, 8))
        >>> int(sensor.take(np.full((8, 8), .5, np.float32))[0, 0])
        128
    """

    def __init__(self, rng: Dice, camera: Camera, size: tuple[int, int]) -> None:
        self.camera = camera
        self.noise = rng.standard_normal(size, dtype=np.float32) * np.float32(camera.noise)
        self.lines: Field = 1 + np.float32(camera.line_noise) * rng.standard_normal(
            (1, size[1]), dtype=np.float32
        )

    def expose(self, light: Field) -> Field:
        """Values that the sensor reads, unbounded, without its noise.

        Args:
            light: brightness, (row, column) or (row, column, 3), share of full scale.

        Example:
            >>> sensor = Sensor(np.random.default_rng(0), Camera(), (4, 4))
            >>> sensor.expose(np.ones((4, 4), np.float32)).shape
            (4, 4)
        """
        camera, planes = self.camera, light.ndim == 3
        made = light
        if camera.coarse != 1.0:
            made = _resampled(made, camera.coarse)
        if camera.blur_px > 0.15:
            sigma = (camera.blur_px, camera.blur_px, 0) if planes else camera.blur_px
            made = gaussian_filter(made, sigma, truncate=3.0)
        if camera.gamma != 1.0:
            made = np.power(np.maximum(made, 0), np.float32(camera.gamma))
        if camera.line_noise > 0:
            made = made * (self.lines[..., None] if planes else self.lines)
        if camera.interlace_px:
            made = made.copy()
            made[1::2] = np.roll(made[1::2], camera.interlace_px, axis=1)
        return made

    def take(self, light: Field) -> Pixels:
        """The picture, as it comes out of the file.

        Args:
            light: brightness, (row, column) or (row, column, 3), share of full scale.

        Example:
            >>> sensor = Sensor(np.random.default_rng(0), Camera(jpeg_quality=80), (16, 16))
            >>> sensor.take(np.ones((16, 16, 3), np.float32)).shape
            (16, 16, 3)
        """
        return self.develop(self.expose(light))

    def develop(self, exposed: Field) -> Pixels:
        """The picture from what the sensor reads.

        Args:
            exposed: what `expose` gave, (row, column) or (row, column, 3).

        Example:
            >>> sensor = Sensor(np.random.default_rng(0), Camera(noise=0.0), (4, 4))
            >>> int(sensor.develop(np.full((4, 4), 2.0, np.float32))[0, 0])
            255
        """
        shot = np.sqrt(np.clip(exposed, 0.05, 1)) * np.float32(1.4)
        noise = self.noise[..., None] if exposed.ndim == 3 else self.noise
        made = np.clip((exposed + noise * shot) * 255 + 0.5, 0, 255).astype(np.uint8)
        if self.camera.jpeg_quality is None:
            return made
        file = BytesIO()
        Image.fromarray(made).save(file, "JPEG", quality=self.camera.jpeg_quality)
        return np.asarray(Image.open(file))


def _resampled(light: Field, factor: float) -> Field:
    """Taken with pixels that many times larger, then enlarged again."""
    height, width = light.shape[:2]
    small = (max(8, round(width / factor)), max(8, round(height / factor)))
    planes = light[..., None] if light.ndim == 2 else light
    made = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(planes[..., each]))
            .resize(small, Image.Resampling.BOX)
            .resize((width, height), Image.Resampling.BICUBIC),
            dtype=np.float32,
        )
        for each in range(planes.shape[2])
    ]
    return made[0] if light.ndim == 2 else np.stack(made, axis=2)
