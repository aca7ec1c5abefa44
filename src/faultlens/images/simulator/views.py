"""Several pictures of one surface: the lamp moves between them, the camera a little."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.simulator.camera import Pixels, Sensor
from faultlens.images.simulator.concepts import CLEAN, CONCEPTS, drawn_process
from faultlens.images.simulator.draw import draw_settings
from faultlens.images.simulator.exposure import Exposure, visible_step
from faultlens.images.simulator.fields import Dice, Field, grid
from faultlens.images.simulator.glare import reflection
from faultlens.images.simulator.render import LARGEST_PX, SMALLEST_PX, build_surface
from faultlens.images.simulator.settings import SurfaceSettings
from faultlens.images.simulator.surface import Change, Surface

MOST_VIEWS = 32

_SCENE, _DEFECT, _GLARE, _SENSOR = 3000, 3001, 3002, 3100
"""Keep the dice of scene, defect, glare and each view's camera apart."""

_WHITE = 0.97  # share of full scale that counts as glare
_LEAST_GLARE = 0.01  # of a picture: less is no glare to speak of
_TRIES = 24


@dataclass(frozen=True, eq=False)
class RenderedViews:
    """Pictures of one surface with known truth, which lies in the frame of the first.

    Args:
        views: the pictures, each (row, column) grey or (row, column, 3) red, green and blue.
        plain: the first without glare.
        mask: pixels that the defect visibly changes, (row, column).
        glare: where each picture is white by the lamp, in its own frame, (view, row, column).
        matrices: column and row of the first to column and row of each, (view, 3, 3).
        concept: key of the defect, "no_defect" for a clean surface.

    Example:
        >>> made = render_views(seed=1, height_px=64, width_px=64)
        >>> len(made.views), made.glare.shape, bool(made.mask.any())
        (3, (3, 64, 64), False)
    """

    views: tuple[Pixels, ...]
    plain: Pixels
    mask: NDArray[np.bool_]
    glare: NDArray[np.bool_]
    matrices: NDArray[np.float64]
    concept: str


def render_views(
    *,
    seed: int,
    count: int = 3,
    height_px: int = 128,
    width_px: int = 128,
    concept: str = CLEAN,
    process: str | None = None,
    colour: bool = False,
    glare: bool = True,
    moved_px: float = 4.0,
    turned_deg: float = 1.0,
) -> RenderedViews:
    """Render one surface under several lamps; each has its glare somewhere else.

    The lamp's direction, its fall-off, the exposure, the noise and the glare are drawn for each
    view, texture and defect once. The first camera stands still, the others are moved and turned.

    Args:
        seed: what everything is drawn from, 0 or more.
        count: of views, 1 to 32.
        height_px: rows.
        width_px: columns.
        concept: key of `CONCEPTS`, or "no_defect".
        process: how the surface is made, a key of `PROCESSES`; None draws one.
        colour: whether the camera sees colours.
        glare: whether there is any.
        moved_px: most that a camera is moved along each side, px.
        turned_deg: most that it is turned, degrees.

    Raises:
        UnknownNameError: a defect that cannot be drawn.
        UsageError: a size, seed or count that cannot be drawn.

    Example:
        >>> made = render_views(seed=2, concept="scratch", count=2, moved_px=0, turned_deg=0)
        >>> made.matrices[1].tolist() == np.eye(3).tolist(), made.concept
        (True, 'scratch')
    """
    _check(seed, count, height_px, width_px, concept)
    scene = np.random.Generator(np.random.PCG64([seed, _SCENE]))
    process = process or drawn_process(scene, concept if concept != CLEAN else "scratch")
    settings = draw_settings(scene, process, "sheet")
    # Rendered with a rim, so that a moved camera sees more of the surface.
    rim = int(np.ceil(moved_px + np.deg2rad(turned_deg) * max(height_px, width_px))) + 2
    surface = build_surface(scene, settings, height_px + 2 * rim, width_px + 2 * rim)
    shots = [_shot(seed, index, surface, settings, colour) for index in range(count)]
    dice = np.random.Generator(np.random.PCG64([seed, _DEFECT]))
    change, strength, mask = _defect(dice, concept, shots[0], rim)
    lamps = np.random.Generator(np.random.PCG64([seed, _GLARE]))
    views, white, matrices = [], [], []
    for index, shot in enumerate(shots):
        light = _glare(lamps, shot, rim) if glare else Change(np.zeros(surface.size, np.float32))
        taken = _taken(shot, change, light, strength)
        matrix = (
            np.eye(3) if index == 0 else _moved(lamps, (height_px, width_px), moved_px, turned_deg)
        )
        sensor = Sensor(
            np.random.Generator(np.random.PCG64([seed, _SENSOR, index, 1])),
            shot.settings.camera,
            (height_px, width_px),
        )
        views.append(sensor.develop(_seen_from(taken, matrix, rim, (height_px, width_px))))
        lit = _brightest(_taken(shot, None, light, strength)) > _WHITE
        lit &= _brightest(shot.plain) <= _WHITE
        white.append(_seen_from(lit.astype(np.float32), matrix, rim, (height_px, width_px)) > 0.5)
        matrices.append(matrix)
        if index == 0:
            bare = _taken(shot, change, Change(np.zeros(surface.size, np.float32)), strength)
            plain = sensor.develop(_seen_from(bare, matrix, rim, (height_px, width_px)))
    return RenderedViews(tuple(views), plain, mask, np.stack(white), np.stack(matrices), concept)


def _shot(
    seed: int, index: int, surface: Surface, settings: SurfaceSettings, colour: bool
) -> Exposure:
    rng = np.random.Generator(np.random.PCG64([seed, _SENSOR, index]))
    light = replace(
        settings.light,
        direction_rad=float(rng.uniform(0, 2 * np.pi)),
        gradient=float(rng.uniform(0, 0.3)),
        gradient_rad=float(rng.uniform(0, 2 * np.pi)),
        band=0.0,
    )
    level = float(np.clip(settings.camera.brightness, 0.25, 0.6) * rng.uniform(0.85, 1.15))
    # Of the camera only what all of its pictures share; a moved line camera is another problem.
    camera = replace(settings.camera, brightness=level, line_noise=0.0, interlace_px=0, coarse=1.0)
    changed = replace(settings, light=light, camera=camera)
    return Exposure(rng, surface, changed, in_colour=colour)


def _defect(
    dice: Dice, concept: str, shot: Exposure, rim: int
) -> tuple[Change | None, float, NDArray[np.bool_]]:
    """The change, how much it is strengthened so that it is visible, and where, inside the rim."""
    inner = (slice(rim, -rim), slice(rim, -rim))
    none = np.zeros(shot.surface.size, bool)[inner]
    if concept == CLEAN:
        return None, 1.0, none
    for _ in range(_TRIES):
        change = CONCEPTS[concept].draw(dice, shot.surface)
        hurt = shot.hurt(change)
        step, where = visible_step(dice, shot.plain, hurt, change, shot.settings.camera.noise)
        whole = float(np.abs(hurt - shot.plain).sum())
        if where[inner].sum() >= 0.7 * where.sum() > 20 and whole > 0:
            break
    return change, float(np.abs(step).sum()) / max(whole, 1e-9), where[inner]


def _glare(dice: Dice, shot: Exposure, rim: int) -> Change:
    for _ in range(_TRIES):
        change = reflection(dice, shot.surface)
        white = _brightest(shot.hurt(change))[rim:-rim, rim:-rim] > _WHITE
        if _LEAST_GLARE < white.mean() < 0.35:
            break
    return change


def _taken(shot: Exposure, change: Change | None, light: Change, strength: float) -> Field:
    """What the camera reads of the surface under glare, with a defect or without."""
    lit = shot.hurt(light)
    if change is None:
        return lit
    added = light.light if change.light is None else change.light + (light.light or 0)
    both = shot.hurt(replace(change, light=added))
    return lit + np.float32(strength) * (both - lit)


def _moved(dice: Dice, size: tuple[int, int], moved_px: float, turned_deg: float) -> Field:
    """Column and row of the first picture to those of another, turned about its middle."""
    turn = np.deg2rad(dice.uniform(-turned_deg, turned_deg))
    right, down = dice.uniform(-moved_px, moved_px, 2)
    middle = np.array([[1, 0, (size[1] - 1) / 2], [0, 1, (size[0] - 1) / 2], [0, 0, 1]])
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.array([[cos, -sin, right], [sin, cos, down], [0, 0, 1]])
    made: Field = middle @ turned @ np.linalg.inv(middle)
    return made


def _seen_from(taken: Field, matrix: Field, rim: int, size: tuple[int, int]) -> Field:
    """What a moved camera sees of a scene that was rendered with a rim."""
    if np.array_equal(matrix, np.eye(3)):
        return taken[rim:-rim, rim:-rim]
    rows, columns = grid(*size)
    back = np.linalg.inv(matrix)
    places = np.stack([
        back[1, 0] * columns + back[1, 1] * rows + back[1, 2] + rim,
        back[0, 0] * columns + back[0, 1] * rows + back[0, 2] + rim,
    ])  # fmt: skip
    planes = taken[..., None] if taken.ndim == 2 else taken
    seen = [map_coordinates(planes[..., x], places, order=3) for x in range(planes.shape[2])]
    return seen[0] if taken.ndim == 2 else np.stack(seen, axis=2)


def _brightest(planes: Field) -> Field:
    return planes if planes.ndim == 2 else planes.min(axis=2)


def _check(seed: int, count: int, height_px: int, width_px: int, concept: str) -> None:
    if seed < 0:
        raise UsageError(f"Seed {seed}; a seed is 0 or more.")
    if not 1 <= count <= MOST_VIEWS:
        raise UsageError(f"{count} views; 1 to {MOST_VIEWS} can be rendered.")
    if not all(SMALLEST_PX <= each <= LARGEST_PX for each in (height_px, width_px)):
        raise UsageError(
            f"A picture of {height_px} x {width_px} px; sides from {SMALLEST_PX} to {LARGEST_PX} "
            "can be rendered."
        )
    if concept != CLEAN and concept not in CONCEPTS:
        raise UnknownNameError("defect", concept, (CLEAN, *CONCEPTS))
