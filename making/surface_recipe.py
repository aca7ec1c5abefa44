"""The recipe of the surface model: every number of its making, read from TOML and checked."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.recipe import recipe_table


@dataclass(frozen=True)
class SurfaceRecipe:
    """What `recipes/surface.toml` says.

    Args:
        first_seed: seed of the first picture to learn from; the others follow.
        chunk: pictures drawn, kept and given up together.
        sizes_px: widths of the square pictures of one chunk after the other, over and over.
        chunks_kept: how many chunks are learned from at one time.
        steps_per_chunk: steps after which the oldest chunk gives way to a new one.
        sound_share: share of the pictures without a defect.
        often: concepts drawn `often_weight` times as often as the others.
        often_weight: see there.
        steps: batches.
        learning_rate: the highest.
        batch_px: pixels of one batch, in pictures of 128 by 128.
        crops_px: widths of the crops that are learned from at first.
        late_crops_px: the same of the last `late_steps`.
        late_steps: see there.
        weight_decay: of AdamW.
        smoothing: share of each target that is spread over all concepts.
        dense_weight: of the patches' loss beside the whole picture's.
        averaging: share of the averaged weights that one step leaves as they are.
        words_each: sentences drawn per concept and language.
        seed: of weights, crops, augmentation and words.
        validation_first_seed: the same as `first_seed` of the pictures that choose and calibrate.
        validation_pictures: how many of each size.
        validation_sizes_px: their widths.
        false_alarm_rate: share of rendered sound pictures that the threshold allows.
    """

    first_seed: int
    chunk: int
    sizes_px: list[int]
    chunks_kept: int
    steps_per_chunk: int
    sound_share: float
    often: list[str]
    often_weight: float
    steps: int
    learning_rate: float
    batch_px: int
    crops_px: list[int]
    late_crops_px: list[int]
    late_steps: int
    weight_decay: float
    smoothing: float
    dense_weight: float
    averaging: float
    words_each: int
    seed: int
    validation_first_seed: int
    validation_pictures: int
    validation_sizes_px: list[int]
    false_alarm_rate: float


def read_surface_recipe(path: str | Path) -> SurfaceRecipe:
    """Read a recipe; unknown keys are errors.

    Args:
        path: of the TOML file.

    Raises:
        UnknownNameError: a key that no recipe has.
        UsageError: a key is missing.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "small.toml"
        >>> _ = path.write_text("chunk = 100")
        >>> read_surface_recipe(path)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: ...small.toml lacks first_seed, sizes_px, chunks_kept...
    """
    return SurfaceRecipe(**recipe_table(path, SurfaceRecipe))
