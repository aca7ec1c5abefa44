"""`faultlens export` of a built-in model or a bundle on disk: the same in fewer bits, or a copy."""

from faultlens.cli.export_told import Wanted, tell, write_reduced
from faultlens.core.optional import optional_import


def export_again(wanted: Wanted) -> None:
    """Write a bundle again, in the bits asked for.

    Args:
        wanted: what was asked for; the model is a built-in one or the folder of a bundle.

    Raises:
        UsageError: it has fewer bits already.
        BundleError: it is damaged, or loses too much.
        MissingPackageError: the packages of the extra `train` are missing.
    """
    from faultlens.runtimes.bundle import write_bundle
    from faultlens.runtimes.loaded import BUILTIN, load_model

    source = load_model(wanted.model)
    bundle = source.bundle
    plain = bundle.name.removeprefix(BUILTIN)
    if not wanted.is_single:
        optional_import("onnx", extra="train")
        write_reduced(wanted, source, f"{plain}-{wanted.precision}", called=source.reference)
        return
    written = write_bundle(
        wanted.folder(plain),
        name=wanted.name or plain,
        kind=bundle.kind,
        card=bundle.card,
        preparation=bundle.preparation,
        classes=bundle.classes,
        calibration=bundle.calibration,
        text=bundle.text,
        files={x: bundle.path(x) for x in bundle.files},
    )
    more = {"source": source.reference, "precision": "fp32", "licence": bundle.card.licence}
    tell(wanted, written, [f", a copy of {source.reference}."], more)
