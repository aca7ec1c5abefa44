"""What the pictures of a model show: plain records, filled from its files by the rooms above."""

from dataclasses import dataclass

Rows = tuple[tuple[str, str], ...]
"""Name and value, in the order in which they are shown; a known name is told in the language."""

FROZEN, TRAINED, LORA, ABSENT = "frozen", "trained", "lora", "absent"
"""What may happen to a part of a model in a stage of its training."""


@dataclass(frozen=True)
class LayerFacts:
    """One box of a tower.

    Args:
        title: kinds of its layers.
        shape: of what it gives, the batch left out; a name where it is open; () if unknown.
        parameters: numbers of all of it, repetitions included.
        times: how often it repeats, one after the other.
    """

    title: str
    shape: tuple[int | str, ...]
    parameters: int
    times: int = 1


@dataclass(frozen=True)
class TowerFacts:
    """One encoder, from what it takes to a point in the shared space.

    Args:
        name: of the encoder or text model, such as conv1d.
        input_shape: of what it takes, the batch left out; () if unknown.
        layers: from the input on; empty where the model's files do not hold them.
        parameters: numbers of one member; None if unknown.
        state: frozen, trained or lora, at the end of training.
        members: how many of the same architecture answer together.
        about: more of it, such as how it pools.
    """

    name: str
    input_shape: tuple[int | str, ...]
    layers: tuple[LayerFacts, ...]
    parameters: int | None
    state: str
    members: int = 1
    about: Rows = ()


@dataclass(frozen=True)
class PartFacts:
    """One part of a model in one stage of its training.

    Args:
        name: the same in all stages.
        parameters: numbers of it; None if unknown.
        state: frozen, trained, lora or absent.
        moving: numbers of it that the stage may move.
    """

    name: str
    parameters: int | None
    state: str
    moving: int = 0


@dataclass(frozen=True)
class StageFacts:
    """One stage of a training.

    Args:
        name: such as zero_shot.
        parts: of the model, the same in all stages and in the same order.
        settings: of the run.
    """

    name: str
    parts: tuple[PartFacts, ...]
    settings: Rows


@dataclass(frozen=True)
class DiagramFacts:
    """A model as its pictures show it.

    Args:
        name: of the model, with its hash where it has one.
        dim: of the shared space.
        data: what it was trained on.
        preparation: how a recording becomes an array.
        towers: encoders of the sensor.
        text: the text model.
        prompts: templates, or what stands for the classes in their place.
        classes: what it tells apart.
        contrast: loss, weights and scale.
        adapter: of the sensor's points; empty where there is none.
        judging: from cosines to a result.
        stages: of its training, in their order.
        likeness: cosine of each class's sentences with those of each other; empty if unknown.
    """

    name: str
    dim: int
    data: Rows
    preparation: Rows
    towers: tuple[TowerFacts, ...]
    text: TowerFacts
    prompts: Rows
    classes: tuple[str, ...]
    contrast: Rows
    adapter: tuple[LayerFacts, ...]
    judging: Rows
    stages: tuple[StageFacts, ...]
    likeness: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class GridFacts:
    """What an ablation recipe compares.

    Args:
        name: of the recipe.
        axes: what is varied, and its values.
        settings: what all runs share.
    """

    name: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    settings: Rows
