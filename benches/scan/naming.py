"""Simulated defects of each kind, scanned, found and named by sentences that nobody trained on."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.scan.carving import matched
from faultlens.core.errors import UnreadableFileError
from faultlens.inputs.deviation_patch import NUMBERS, SIDE, VIEWS, ScanPatches, scan_patches
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_names import scan_scoring, shares
from faultlens.runtimes.scan_question import ScanQuestion, scan_question
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import BUMP, CRACK, DENT, PIT, SCRATCH, DefectForm
from faultlens.surfaces.simulator.scanner import Finish, Scanner
from faultlens.surfaces.simulator.simulate import simulate_scan
from making.scan_material import draw_material

SENTENCES = Path("recipes/benchmarks/scan_paraphrases.toml")

NAMES = {DENT: "dent", SCRATCH: "scratch", PIT: "pit", CRACK: "crack", BUMP: "protrusion"}
"""Form of the simulator -> table of held-out sentences."""

UNKNOWN = "unknown"

STEEP = {
    DENT: (0.01, 0.15), SCRATCH: (0.04, 0.4), PIT: (0.15, 1.0), CRACK: (0.4, 4.0), BUMP: (0.05, 0.6)
}  # fmt: skip
"""Depth over width of each form, from and to, evenly over their logarithm."""

NARROWEST_CELLS = {DENT: 6.0, SCRATCH: 2.5, PIT: 4.0, CRACK: 1.5, BUMP: 4.0}
"""Least width: what is narrower was hardly scanned."""

TRAINED = {DENT: (10, 90), SCRATCH: (20, 150), PIT: (4, 45), CRACK: (20, 150), BUMP: (4, 60)}
"""Lengths that the model learned from, cells of the map."""

SIZES = {"within": (1.0, 1.0), "larger": (1.1, 2.2)}
"""How many times longer than the longest trained, from and to; "within": as trained."""

SIDE_CELLS = 420
ROUGHNESSES = (12.0, 100.0)
"""Depth over roughness, from and to."""


@dataclass(frozen=True, eq=False)
class NamedTrial:
    """Defects that were found, with what they are.

    Args:
        patches: of them.
        forms: of each, the table of sentences that are right.
        sizes: of each, of `SIZES`.
        missed: how many were carved and not found, by form.
    """

    patches: ScanPatches
    forms: tuple[str, ...]
    sizes: tuple[str, ...]
    missed: Mapping[str, int]


def held_out(path: str | Path = SENTENCES) -> dict[str, dict[str, list[str]]]:
    """Sentences that nobody trained on: kind -> language -> sentences.

    Args:
        path: of the TOML file.

    Raises:
        UnreadableFileError: no such file, or it is not TOML.

    Example:
        >>> held_out("/nowhere.toml")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere.toml cannot be read: ...
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. It lies in the repository, under recipes/benchmarks."
        ) from error


def drawn_trials(count: int, *, size: str, seed: int) -> NamedTrial:
    """Carve, scan, find and cut out defects, all kinds alike.

    Args:
        count: of defects, one in a scan.
        size: of `SIZES`.
        seed: of everything drawn.

    Raises:
        KeyError: another size.

    Example:
        >>> drawn_trials(0, size="within", seed=0).forms
        ()
    """
    found, forms = [], []
    missed = dict.fromkeys(NAMES, 0)
    for number in range(count):
        rng = np.random.default_rng([seed, number, len(size)])
        form = list(NAMES)[number % len(NAMES)]
        patches = _scanned(rng, _drawn(rng, form, size))
        if patches is None:
            missed[form] += 1
            continue
        found.append(patches)
        forms.append(form)
    empty = ScanPatches(*_nothing(), ())
    together = ScanPatches(
        np.concatenate([empty.views, *(x.views for x in found)]),
        np.concatenate([empty.numbers, *(x.numbers for x in found)]),
        tuple(x.reliefs[0] for x in found),
    )
    return NamedTrial(together, tuple(forms), (size,) * len(forms), missed)


def _nothing() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return (
        np.zeros((0, VIEWS, SIDE, SIDE), np.float32),
        np.zeros((0, len(NUMBERS)), np.float32),
    )


def _drawn(rng: np.random.Generator, form: str, size: str) -> DefectForm:
    """A form in cells, which are the millimetres here."""
    low, high = map(float, TRAINED[form])
    if size != "within":
        low, high = high * SIZES[size][0], high * SIZES[size][1]
    drawn = drawn_form(
        rng, form=form, length_mm=(low, high), narrowest_mm=min(NARROWEST_CELLS[form], low)
    )
    steep = np.exp(rng.uniform(*np.log(STEEP[form])))
    return replace(drawn, depth_mm=float(drawn.width_mm * steep))


def _scanned(rng: np.random.Generator, form: DefectForm) -> ScanPatches | None:
    """The patch of the form, scanned on a plane or a cylinder and found."""
    spacing = float(np.exp(rng.uniform(np.log(0.03), np.log(0.5))))
    side = int(np.clip(1.6 * form.length_mm, 160, SIDE_CELLS))
    carved = replace(
        form,
        depth_mm=form.depth_mm * spacing,
        length_mm=form.length_mm * spacing,
        width_mm=form.width_mm * spacing,
    )
    rough = carved.depth_mm / float(np.exp(rng.uniform(*np.log(ROUGHNESSES))))
    finish = Finish(
        rough,
        correlation_mm=spacing * float(rng.uniform(0, 3)),
        lay_ratio=float(rng.choice([1.0, rng.uniform(2, 12)])),
        lay_deg=float(rng.uniform(0, 180)),
        waviness_mm=rough * float(rng.choice([0.0, rng.uniform(0.3, 1.5)])),
    )
    made = simulate_scan(
        str(rng.choice(["plane", "cylinder"])),
        [carved],
        size_mm=(side * spacing, side * spacing),
        spacing_mm=spacing,
        finish=finish,
        scanner=Scanner(noise_mm=0.3 * rough),
        tilt_deg=float(rng.uniform(0, 10)),
        seed=int(rng.integers(2**31)),
    )
    deviations = deviation_map(made.surface, fit_reference(made.surface))
    found = matched(deviations, find_defects(deviations).defects, made.truths)[0]
    return None if found is None else scan_patches(deviations, [found])


def strange_trials(count: int, *, seed: int) -> tuple[ScanPatches, tuple[str, ...]]:
    """What is none of the kinds, found on maps, with the family of each.

    Args:
        count: of forms.
        seed: of everything drawn.

    Example:
        >>> strange_trials(2, seed=1)[0].views.shape[1:]
        (5, 32, 32)
    """
    drawn = draw_material(count, seed=seed, strange_share=1.0)
    return drawn.patches, drawn.families


def questions(
    sentences: Mapping[str, Mapping[str, Sequence[str]]], model: Model
) -> dict[str, dict[str, ScanQuestion]]:
    """Every held-out sentence placed in the space: language -> kind -> question.

    Args:
        sentences: of `held_out`.
        model: of the kind "scan".

    Example:
        >>> from faultlens.runtimes.scan_model import load_scan_model
        >>> said = {"dent": {"en": ["a ding"], "zh": ["凹痕"]}}
        >>> questions(said, load_scan_model())["zh"]["dent"].reliefs
        ('depression',)
    """
    return {
        lang: {
            kind: scan_question(list(said[lang]), model=model) for kind, said in sentences.items()
        }
        for lang in ("en", "zh")
    }


def askings(
    trial: NamedTrial,
    model: Model,
    asked: Mapping[str, ScanQuestion],
    *,
    each: int,
    seed: int,
    absent: bool = False,
) -> Iterator[tuple[str, str, str, float]]:
    """Ask about every defect, each time with one sentence of each kind.

    Args:
        trial: the defects.
        model: of the kind "scan".
        asked: kind -> question of one language.
        each: askings of one defect.
        seed: of the sentences.
        absent: leave out the sentence that is right; "unknown" is then.

    Yields:
        form's name, its size, the name that won, and its probability.

    Example:
        >>> from faultlens.runtimes.scan_model import load_scan_model
        >>> nothing = drawn_trials(0, size="within", seed=0)
        >>> list(askings(nothing, load_scan_model(), {}, each=1, seed=0))
        []
    """
    rows = model.encode(trial.patches)
    scoring = scan_scoring(model.bundle.calibration)
    rng = np.random.default_rng(seed)
    for row, relief, form, size in zip(
        rows, trial.patches.reliefs, trial.forms, trial.sizes, strict=True
    ):
        for _ in range(each):
            kinds = [x for x in asked if not (absent and x == NAMES[form])]
            chosen = _chosen({x: asked[x] for x in kinds}, rng)
            found: NDArray[np.float64] = shares(row[None], (relief,), chosen, scoring)[0]
            best = int(found.argmax())
            yield NAMES[form], size, [*kinds, UNKNOWN][best], float(found[best])


def _chosen(asked: Mapping[str, ScanQuestion], rng: np.random.Generator) -> ScanQuestion:
    """One sentence of each kind."""
    at = {kind: int(rng.integers(len(x.asked))) for kind, x in asked.items()}
    return ScanQuestion(
        asked=tuple(x.asked[at[kind]] for kind, x in asked.items()),
        sound=(),
        points=np.stack([x.points[at[kind]] for kind, x in asked.items()]),
        reliefs=tuple(x.reliefs[at[kind]] for kind, x in asked.items()),
    )
