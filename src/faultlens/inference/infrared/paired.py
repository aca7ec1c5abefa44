"""An infrared picture laid on the visible one of the same part, and what the model gets of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.registration.register import register
from faultlens.images.registration.warp import Matrix, warped
from faultlens.images.thermal.blend import blended
from faultlens.images.thermal.hot_spots import hot_spots
from faultlens.images.thermal.thermal import Thermal
from faultlens.inference.infrared.fusion import INPUT, Fusion
from faultlens.inference.infrared.hot_spot_finding import HotSpotFinding, placed


@dataclass(frozen=True, eq=False)
class Paired:
    """A visible picture with its infrared on it.

    Args:
        looked: what the model looks at.
        beside: the infrared in the frame of the picture, for the levels at which the model looks
            at it too; None at others.
        hot_spots: of the infrared, the worst first, in the coordinates of the picture.
        notices: what a careful engineer would want to know.
        quality: of the registration, 0 to 1; None where there was nothing to register.
    """

    looked: Image
    beside: Image | None
    hot_spots: tuple[HotSpotFinding, ...]
    notices: tuple[Notice, ...] = ()
    quality: float | None = None


def paired(
    image: Image, thermal: Thermal, *, fusion: Fusion | None = None, start: Matrix | None = None
) -> Paired:
    """Lay the infrared on the picture, find its hot spots, and make what the model looks at.

    Args:
        image: the picture in visible light.
        thermal: the infrared of the same part, of any size and field of view.
        fusion: how both are brought together; None where the infrared only adds hot spots.
        start: (3, 3) pixel of the picture -> pixel of the infrared, where a rig's geometry is
            known; searched if None.

    Raises:
        InputError: the infrared shows another scene; the message holds the registration's quality.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(140, 180)), 2) * 300 + 25
        >>> picture = Thermal(scene[10:130, 12:172]).picture()
        >>> pair = paired(picture, Thermal(scene[6:126, 6:166]), fusion=Fusion("feature"))
        >>> pair.beside.width, pair.quality > 0.5
        (160, True)
    """
    warm = np.where(np.isfinite(thermal.values), thermal.brightness(), np.float32(np.nan))
    found = register(_grey(image), warm, start=start)
    found = found.checked(f"The infrared picture{f' {thermal.name}' if thermal.name else ''}")
    on_picture = warped(warm, found.matrix, (image.height, image.width))
    done = f"infrared laid on it, quality {found.quality:.2f} ({'; '.join(thermal.history)})"
    looked = image.derived(image.pixels, done)
    beside = None
    if fusion is not None and fusion.level == INPUT:
        looked = blended(looked, on_picture, fusion.weight)
    elif fusion is not None:
        beside = _picture(on_picture, thermal.name)
    to_picture = np.asarray(np.linalg.inv(found.matrix), dtype=np.float64)
    spots = tuple(placed(x, to_picture, (image.height, image.width)) for x in hot_spots(thermal))
    return Paired(looked, beside, spots, _notices(thermal, spots), found.quality)


def infrared_alone(thermal: Thermal) -> Paired:
    """What the model gets where there is no visible picture: the infrared as grey.

    Args:
        thermal: the infrared.

    Example:
        >>> celsius = np.full((288, 384), 20, np.float32)
        >>> celsius[100:108, 200:208] = 95
        >>> infrared_alone(Thermal(celsius)).hot_spots[0].box
        (200.0, 100.0, 8.0, 8.0)
    """
    picture = thermal.picture()
    size = (picture.height, picture.width)
    spots = tuple(placed(x, np.eye(3), size) for x in hot_spots(thermal))
    return Paired(picture, None, spots, (_ALONE, *_notices(thermal, spots)))


def _notices(thermal: Thermal, spots: Sequence[HotSpotFinding]) -> tuple[Notice, ...]:
    """What the file says of itself, and that a spot is dangerous, whatever the verdict is."""
    major = [x.spot for x in spots if x.spot.severity == "major"]
    if not major:
        return thermal.notices
    worst = max(major, key=lambda x: x.delta_celsius or 0.0)
    return (*thermal.notices, _major(worst.celsius or 0.0, worst.delta_celsius or 0.0))


def _major(celsius: float, delta: float) -> Notice:
    return Notice(
        en=f"A hot spot has {celsius:.0f} degC, {delta:.0f} K above its surroundings: on electric "
        "equipment a major discrepancy, to be repaired at once (NETA MTS, table 100.18). The alarm "
        "is of the picture's verdict alone.",
        zh=f"有热点达 {celsius:.0f} °C，高于周围 {delta:.0f} K：对电气设备属严重异常，应立即检修"
        "（NETA MTS 表 100.18）。报警仅依据图像结论。",
    )


def _grey(image: Image) -> NDArray[np.float32]:
    """What is seen of the part; NaN where alpha says that there is nothing."""
    grey = image.grey()
    return grey if image.valid is None else np.where(image.valid, grey, np.float32(np.nan))


def _picture(brightness: NDArray[np.float32], name: str | None) -> Image:
    """The infrared in the frame of the picture; where it does not reach, nothing is."""
    valid = np.isfinite(brightness)
    pixels = np.rint(np.nan_to_num(brightness, nan=0.0) * 65535).astype(np.uint16)
    return Image(pixels, name=name, valid=None if valid.all() else valid)


_ALONE = Notice(
    en="There is no visible picture: the infrared was looked at as a grey picture, which the model "
    "was not made for. Rely on the hot spots and their temperatures.",
    zh="没有可见光图像：红外按灰度图像检测，模型并非为此而制。请以热点及其温度为准。",
)
