"""Options that several verbs take, under one name with one meaning, checked before any work."""

from math import isfinite
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language


def positive(number: float | None) -> float | None:
    """The number, if it is positive and finite; a sidecar must not hide an impossible one.

    Raises:
        UsageError: it is not.

    Example:
        >>> positive(1772.0)
        1772.0
    """
    if number is not None and not (isfinite(number) and number > 0):
        raise UsageError(f"{number:g} was given where a positive number is needed: rpm or Hz.")
    return number


def positive_mm(number: float | None) -> float | None:
    """The number of millimetres, if it is positive and finite.

    Raises:
        UsageError: it is not.

    Example:
        >>> positive_mm(0.05)
        0.05
    """
    if number is not None and not (isfinite(number) and number > 0):
        raise UsageError(f"--mm-per-pixel is {number:g}; it must be a positive number of mm.")
    return number


def writable_folder(folder: Path | None) -> Path | None:
    """The folder, made if need be; said at once, and not after an hour of diagnosing.

    Raises:
        UsageError: it cannot be made or written.

    Example:
        >>> writable_folder(Path("/dev/null/x"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Cannot write into '/dev/null/x' (Not a directory); ...
    """
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=folder).close()
        except OSError as error:
            raise UsageError(
                f"Cannot write into '{folder}' ({error.strerror}); "
                "name another folder with --out, or change its rights."
            ) from error
    return folder


def writable_file(file: Path) -> Path:
    """The file's path, if a file can be written there.

    Raises:
        UsageError: it is a folder, or its folder cannot be written.

    Example:
        >>> writable_file(Path("/"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: '/' is a folder; name a file with --out, ...
    """
    if file.is_dir():
        raise UsageError(f"'{file}' is a folder; name a file with --out, such as pump-7.profile.")
    writable_folder(file.parent)
    return file


# What follows is imported when such an option is given: pictures wait for no vibration.


def _known_model(name: str) -> str:
    from faultlens.runtimes.judges import judge_named

    judge_named(name)
    return name


def _known_tolerance(share: float) -> float:
    from faultlens.inputs.vibration import WIDEST_TOLERANCE

    if not 0 <= share <= WIDEST_TOLERANCE:
        raise UsageError(
            f"--speed-tolerance is {share:g}; it must lie in 0 to {WIDEST_TOLERANCE:g}."
        )
    return share


def _known_group(text: str | None) -> str | None:
    if text is not None:
        from faultlens.signals.severity import zone_of

        zone_of(0.0, text)
    return text


def _used_device(name: str) -> str:
    from faultlens.runtimes.devices import use_device

    # Here and not when the first model is opened: a missing package is said before any work.
    use_device(name)
    return name


def scales_of(text: str) -> tuple[float, ...]:
    """The scales in the text of the option, comma between them.

    Raises:
        UsageError: one of them is no number.

    Example:
        >>> scales_of("0.5, 1,1.5")
        (0.5, 1.0, 1.5)
    """
    try:
        return tuple(float(x) for x in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"--scales is '{text}'; give numbers with commas between them, such as 0.5,1,1.5."
        ) from error


Asset = Annotated[
    str | None,
    typer.Option(
        "--asset", help="The machine, as you call it, where no file beside the input names it."
    ),
]
Files = Annotated[
    list[str], typer.Argument(help="Recordings, globs or folders.", show_default=False)
]
Pictures = Annotated[
    list[str],
    typer.Argument(help="Pictures, globs, folders or http(s) URLs.", show_default=False),
]
Rpm = Annotated[
    float | None,
    typer.Option(
        "--rpm",
        "--shaft-rpm",
        help="Shaft speed, revolutions per minute; without it the waveform alone is judged, which "
        "hardly tells one fault from another.",
        callback=positive,
    ),
]
BearingText = Annotated[
    str | None,
    typer.Option(
        "--bearing",
        help="6205, or n=9,d=7.94,D=39.04 (mm), or bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398; "
        "without it combs over shaft orders are judged, which is less sure.",
    ),
]
SpeedTolerance = Annotated[
    float,
    typer.Option(
        "--speed-tolerance",
        help="Error of the stated speed that is searched; 0.02 is 2 %.",
        callback=_known_tolerance,
    ),
]
SampleRate = Annotated[
    float | None,
    typer.Option(
        "--sample-rate",
        help="Samples per second, where the file does not say it.",
        callback=positive,
    ),
]
ChannelName = Annotated[
    str | None, typer.Option("--channel", help="Name or index of the channel to read.")
]
Faults = Annotated[
    str | None,
    typer.Option("--faults", help="Sentences to look for, comma between them; English or Chinese."),
]
MachineGroup = Annotated[
    str | None,
    typer.Option(
        "--machine-group",
        help="Group of ISO 20816-3, such as 'group 2 rigid'.",
        callback=_known_group,
    ),
]
ModelName = Annotated[
    str,
    typer.Option(
        "--model",
        help="Model that judges: builtin/bearing, the learned one; builtin/physics, the "
        "training-free rule, which needs speed and bearing; or the folder of a bundle.",
        callback=_known_model,
    ),
]
AnyModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Model that judges: of recordings builtin/bearing (default) or builtin/physics, of "
        "pictures builtin/surface (default); or the folder of a bundle.",
    ),
]
PictureModelName = Annotated[
    str,
    typer.Option(
        "--model",
        help="Model that judges: builtin/surface; the folder of an image model that 'faultlens "
        "export' wrote; or one of Hugging Face, such as hf:openai/clip-vit-base-patch32.",
    ),
]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        help="What runs the models: cpu; cuda or tensorrt, NVIDIA graphics; openvino, the "
        "processor by OpenVINO. What is missing is said with the line that installs it.",
        callback=_used_device,
    ),
]
Defects = Annotated[
    str | None,
    typer.Option(
        "--defects",
        help="Sentences to look for, comma between them, English or Chinese, also with sizes and "
        "places; or @FILE, a text file with one a line. Without it, the set of the part.",
    ),
]
Part = Annotated[
    str | None,
    typer.Option(
        "--part", help="What is on the pictures, in any words, such as 'drive shaft'; picks a set."
    ),
]
Scales = Annotated[
    str | None,
    typer.Option(
        "--scales", help="Sizes at which pictures are looked at, averaged, such as 0.5,1,1.5."
    ),
]
MmPerPixel = Annotated[
    float | None,
    typer.Option(
        "--mm-per-pixel", help="Size of a pixel on the part, in mm.", callback=positive_mm
    ),
]
Roi = Annotated[
    str | None,
    typer.Option(
        "--roi",
        help="Where to look, pixels: a box x,y,w,h, a polygon 'x,y;x,y;x,y', or the file of a "
        "picture of the part, by which it is found on each. A profile keeps it.",
    ),
]
AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help="Fetch URLs of the own network too."),
]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "--save_path",
        help="Folder for pictures and the report.",
        callback=writable_folder,
    ),
]
NewFolder = Annotated[
    Path, typer.Option("--out", "--save_path", help="Folder to write.", callback=writable_folder)
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="JSON on standard output: an object, or a line per file."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No table and no progress bar.")]
Language = Annotated[
    str,
    typer.Option(
        "--lang", help="Language of sentences and reports: en, zh.", callback=checked_language
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same samples.")]
