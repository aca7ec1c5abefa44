"""What the pictures of a bundle show, read from its manifest and its ONNX files, without torch."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import UsageError
from faultlens.reports.diagram_facts import (
    FROZEN,
    TRAINED,
    DiagramFacts,
    PartFacts,
    Rows,
    StageFacts,
    TowerFacts,
)
from faultlens.runtimes.drawn_layers import tower
from faultlens.runtimes.onnx_outline import onnx_inputs, onnx_outline

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

RECIPE, MIXTURES = "recipe", "mixtures"
"""Tables of the preparation that have a place of their own in the pictures."""


def bundle_facts(model: "Model") -> DiagramFacts:
    """The facts of a bundle that takes vibration.

    Args:
        model: loaded.

    Raises:
        UsageError: the bundle takes something else.
        BundleError: its text tower is missing, or a file is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> facts = bundle_facts(load_model("builtin/bearing"))
        >>> [(x.name, x.members) for x in facts.towers]
        [('lines', 4), ('orders', 2), ('waveform', 1)]
    """
    bundle = model.bundle
    if bundle.kind != "vibration":
        raise UsageError(
            f"{bundle.reference} takes {bundle.kind}; the pictures show a model from vibration to "
            "words. Give one such, as builtin/bearing, or a checkpoint folder."
        )
    stems = [x.removesuffix(".onnx") for x in bundle.files if x.endswith(".onnx")]
    towers = tuple(_encoder(model, x) for x in stems)
    text = text_tower(model.text)
    recipe = bundle.preparation.get(RECIPE, {})
    prompts, likeness = _prototypes(model)
    return DiagramFacts(
        name=bundle.reference,
        dim=_dim(towers),
        data=(
            *_picked(recipe, "examples", "validation_examples"),
            ("", _first_clause(bundle.card.training_data)),
        ),
        preparation=tuple(_preparation(bundle.preparation)),
        towers=towers,
        text=text,
        prompts=prompts,
        classes=bundle.classes,
        contrast=(*_picked(recipe, "smoothing"), *by_reading(bundle.calibration, "scale")),
        adapter=(),
        judging=by_reading(bundle.calibration, but="scale"),
        stages=_stages(towers, text, recipe, bundle.calibration),
        likeness=likeness,
    )


def text_tower(model: "Model") -> TowerFacts:
    """The text tower of a bundle as the pictures show it.

    Args:
        model: of the kind "text".

    Raises:
        BundleError: its file is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> text_tower(load_model("builtin/text")).parameters
        6320303
    """
    path = model.bundle.path("text.onnx")
    shape = next(iter(onnx_inputs(path).values()), ())
    made = tower(model.bundle.name, shape[1:], onnx_outline(path), FROZEN)
    return TowerFacts(**{**vars(made), "about": (("reference", model.bundle.sha256[:12]),)})


def flat(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of everything in a table and the tables in it; what is not set is left out.

    Args:
        table: as JSON gives it.

    Example:
        >>> list(flat({"loss": {"name": "captions", "patience": None}, "rate": 0.002}))
        [('name', 'captions'), ('rate', '0.002')]
    """
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value)
        elif value is not None:
            yield name, shown(value)


def shown(value: object) -> str:
    """A value of a settings table in few letters.

    Example:
        >>> shown(0.30000001), shown(("a", "b")), shown(True), shown(16000)
        ('0.3', 'a, b', 'yes', '16000')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return str(value)


def by_reading(calibration: Mapping[str, Any], only: str = "", *, but: str = "") -> Rows:
    """Numbers of a calibration, those of several readings side by side.

    Args:
        calibration: name to number, or reading to such a table.
        only: this number alone.
        but: without this number.

    Example:
        >>> by_reading({"lines": {"scale": 8.1}, "orders": {"scale": 11.2}})
        (('readings', 'lines / orders'), ('scale', '8.1 / 11.2'))
    """
    tables = {x: y for x, y in calibration.items() if isinstance(y, Mapping)}
    if not tables:
        rows = tuple((x, shown(y)) for x, y in calibration.items())
    else:
        names = dict.fromkeys(name for table in tables.values() for name in table)
        rows = tuple((name, _side_by_side(name, tables)) for name in names)
    rows = tuple(x for x in rows if x[0] != but and only in ("", x[0]))
    return (("readings", " / ".join(tables)), *rows) if tables and rows else rows


def _side_by_side(name: str, tables: Mapping[str, Mapping[str, Any]]) -> str:
    values = [shown(x.get(name, "–")) for x in tables.values()]
    return values[0] if len(set(values)) == 1 else " / ".join(values)


def without_hash(reference: str) -> str:
    """The name in a reference of name and hash.

    Example:
        >>> without_hash("builtin/physics@45862bc87285")
        'builtin/physics'
    """
    return reference.partition("@")[0]


def _encoder(model: "Model", stem: str) -> TowerFacts:
    path = model.bundle.path(f"{stem}.onnx")
    shape = next(iter(onnx_inputs(path).values()), ())
    return tower(stem, shape[1:], onnx_outline(path), FROZEN)


def _first_clause(words: str) -> str:
    return re.split(r" \(|[;.](?= |$)", words, maxsplit=1)[0]


def _dim(towers: tuple[TowerFacts, ...]) -> int:
    for each in towers:
        if each.layers and isinstance(last := each.layers[-1].shape[-1], int):
            return last
    return 0


def _preparation(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    mixtures = table.get(MIXTURES, {})
    for reading, weights in mixtures.items():
        if len(weights) > 1:
            yield reading, " + ".join(weights)
            yield "mixture_weights", " / ".join(f"{x:.2f}" for x in weights.values())
    for name, value in flat({x: y for x, y in table.items() if x not in (RECIPE, MIXTURES)}):
        yield name, without_hash(value)


def _prototypes(model: "Model") -> tuple[Rows, tuple[tuple[float, ...], ...]]:
    """What is known of the points that stand for the classes, and how alike they are."""
    import numpy as np

    if "prototypes.npz" not in model.bundle.files:
        return (), ()
    with np.load(model.bundle.path("prototypes.npz"), allow_pickle=False) as arrays:
        others = len([x for x in arrays.files if x.startswith("outside/")])
        points = arrays["classes"] if "classes" in arrays else np.zeros((0, 1))
    rows = (
        ("prototypes", str(len(points))),
        ("outside_meanings", str(others)),
        ("sentences", "own_sentences"),
    )
    return rows, tuple(tuple(map(float, row)) for row in points @ points.T)


def _picked(table: Mapping[str, Any], *names: str) -> Rows:
    return tuple((x, shown(table[x])) for x in names if x in table)


def _stages(
    towers: tuple[TowerFacts, ...],
    text: TowerFacts,
    recipe: Mapping[str, Any],
    calibration: Mapping[str, Any],
) -> tuple[StageFacts, ...]:
    """The tower of text first, the encoders towards it, and the numbers that judge at the end."""
    sizes = {x.name: (x.parameters or 0) * x.members for x in towers}
    judging = len(list(flat(calibration)))
    if not recipe:
        return ()

    def parts(moving: str) -> tuple[PartFacts, ...]:
        rows = [*((x, y, "encoders") for x, y in sizes.items()),
                ("calibration", judging, "calibration")]  # fmt: skip
        return (
            PartFacts("text_encoder", text.parameters, FROZEN),
            *(PartFacts(name, count, *(_state(count, kind, moving))) for name, count, kind in rows),
        )

    return (
        StageFacts("encoder_stage", parts("encoders"), tuple(flat(recipe))),
        StageFacts("calibration_stage", parts("calibration"), ()),
    )


def _state(count: int, kind: str, moving: str) -> tuple[str, int]:
    if kind == moving:
        return TRAINED, count
    return ("absent", 0) if kind == "calibration" else (FROZEN, 0)
