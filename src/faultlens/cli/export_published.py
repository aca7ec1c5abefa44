"""`faultlens export hf:NAME`: a model of pictures and words of Hugging Face."""

import tempfile
from pathlib import Path

from faultlens.cli.export_told import Wanted, tell, write_reduced
from faultlens.core.optional import optional_import


def export_published(wanted: Wanted) -> None:
    """Write a model of Hugging Face as a bundle.

    Args:
        wanted: what was asked for.

    Raises:
        UsageError: no name, or a model that is too large.
        InputError: a model that is not here, and that no hub gave.
        BundleError: its ONNX files compute something else, or lose too much.
        MissingPackageError: the packages of the extra `train` are missing.
    """
    from faultlens.models.vision_language.names import vision_language_name

    # Before the slow imports: a wrong name is told at once.
    vision_language_name(wanted.model)
    for package in ("torch", "transformers", "onnxscript"):
        optional_import(package, extra="train")
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.loaded import load_model
    from faultlens.runtimes.vision_to_onnx import bundle_name, export_vision_language

    loaded = load_vision_language(wanted.model)
    name = bundle_name(loaded, wanted.precision)
    if not wanted.is_single:
        wanted.folder(name)  # whether it can be written, before minutes of work
        with tempfile.TemporaryDirectory() as folder:
            single = export_vision_language(
                loaded, Path(folder) / "fp32", precision="fp32", name=None, licence=wanted.licence
            )
            source = load_model(single.folder)
            write_reduced(wanted, source, name, called=loaded.name)
        return
    made = export_vision_language(
        loaded,
        wanted.folder(name),
        precision=wanted.precision,
        name=wanted.name,
        licence=wanted.licence,
    )
    kept = made.card.results[0]
    lines = [
        f". {made.card.summary}",
        f"{kept.what[0].upper()}{kept.what[1:]}: {kept.value}.",
        f"Licence: {made.card.licence}.",
    ]
    more = {
        "source": loaded.name,
        "precision": wanted.precision,
        "licence": made.card.licence,
        "kept": kept.value,
    }
    tell(wanted, made, lines, more)
