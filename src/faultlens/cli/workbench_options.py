"""What the verbs of the workbench share: labelled data in, a device, and what could not be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.core.errors import InputError, UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from faultlens.datasets.dataset import Dataset
    from faultlens.models.checkpoint import Checkpoint

DatasetName = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="Layout of the data, where it is not recognised: 'faultlens data' lists."
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="Only recordings of which this is true, such as condition='20 Hz 0 V' or "
        "size='0.007 in'; may be repeated.",
    ),
]
TextModel = Annotated[
    str | None,
    typer.Option(
        "--text-model",
        "--text_model_name",
        help="static (built in), lstm (from scratch), or a Hugging Face name or folder.",
    ),
]
TextEncoderType = Annotated[
    str | None,
    typer.Option("--text_encoder_type", help="As in the reference document; must agree."),
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0 ...")]


def device_named(name: str) -> str:
    """The device of a name; auto is the accelerator of this process, where there is one.

    Raises:
        UsageError: this torch has no such device.
        MissingPackageError: torch is not installed.

    Example:
        >>> device_named("cpu")
        'cpu'
    """
    import os

    torch = optional_import("torch", extra="train")
    there = torch.cuda.is_available()
    if name == "auto":
        return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if there else "cpu"
    try:
        kind = torch.device(name).type
    except RuntimeError as error:
        raise UsageError(f"'{name}' is no device; give auto, cpu, cuda or cuda:0.") from error
    if kind == "cuda" and not there:
        raise UsageError("There is no CUDA device here; give --device cpu, or leave it out.")
    return name


def is_first_process() -> bool:
    """Whether this is the process that writes and speaks, where several train together.

    Example:
        >>> is_first_process()
        True
    """
    import os

    return os.environ.get("RANK", "0") == "0"


def wanted_of(
    where: Sequence[str] | None, example: str = "condition='20 Hz 0 V'"
) -> dict[str, str]:
    """Fields and their values in the texts of --where.

    Args:
        where: "field=value" texts.
        example: one that would do, for the message.

    Raises:
        UsageError: a text without "=".

    Example:
        >>> wanted_of(["size = '0.007 in'"])
        {'size': '0.007 in'}
    """
    wanted = {}
    for text in where or ():
        field, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"--where '{text}' says nothing; write field=value, such as {example}."
            )
        wanted[field.strip()] = value.strip().strip("'\"")
    return wanted


def open_labelled(
    path: Path, name: str | None, where: Sequence[str] | None, sample_rate_hz: float | None
) -> "Dataset":
    """A data set, less what was not asked for.

    Args:
        path: folder or manifest.
        name: its layout; None recognises it.
        where: "field=value" texts, all of which hold.
        sample_rate_hz: where the files do not say it.

    Raises:
        UsageError: a text without "=", or a field or value that no recording has.
        InputError: nothing there can be read.

    Example:
        >>> open_labelled(Path("/nowhere"), None, ["condition"], None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: --where 'condition' says nothing; write field=value, ...
    """
    from dataclasses import replace

    from faultlens.datasets.registry import open_dataset
    from faultlens.datasets.selection import where as chosen

    wanted = wanted_of(where)
    read = open_dataset(path, name=name, sample_rate_hz=sample_rate_hz)
    return replace(read, recordings=chosen(read.recordings, wanted)) if wanted else read


def text_model_of(name: str | None, encoder_type: str | None) -> str | None:
    """The text model that the reference's two options name together.

    Args:
        name: of --text-model; None where it was not given.
        encoder_type: of --text_encoder_type: "lstm", or a pretrained model's kind.

    Raises:
        UsageError: the two say different things.

    Example:
        >>> text_model_of(None, "lstm")
        'lstm'
    """
    from faultlens.training.text_source import LSTM

    if encoder_type is None:
        return name
    if LSTM in encoder_type.lower():
        if name not in (None, LSTM):
            raise UsageError(
                f"--text_encoder_type '{encoder_type}' and --text-model '{name}' were given; the "
                "first is a model from scratch. Give one of the two."
            )
        return LSTM
    if name in (None, LSTM):
        raise UsageError(
            f"--text_encoder_type '{encoder_type}' was given without the model that it is; name it "
            "with --text-model, such as distilbert-base-uncased."
        )
    return name


def refuse_other_text(
    checkpoint: "Checkpoint",
    text_model: str | None,
    prompts: Sequence[str] | None,
    encoder_type: str | None = None,
) -> None:
    """Refuse a text model or a prompt that is not the checkpoint's: both are part of it.

    Args:
        checkpoint: that is to be used.
        text_model: as it was given; None where it was not.
        prompts: as they were given; None where they were not.
        encoder_type: the reference's --text_encoder_type: "lstm", or a pretrained model's kind.

    Raises:
        UsageError: another one was given.

    Example:
        >>> refuse_other_text(None, None, None)
    """
    if text_model is None and prompts is None and encoder_type is None:
        return
    from faultlens.training.text_source import LSTM, text_name

    text = checkpoint.text
    if encoder_type is not None and (LSTM in encoder_type.lower()) != (text.name == LSTM):
        raise UsageError(
            f"--text_encoder_type '{encoder_type}' was given; {checkpoint.folder} was trained with "
            f"'{text.name}'. Leave it out: it comes with the checkpoint."
        )
    if text_model is not None and text_name(text_model) not in (text.name, text_name(text.name)):
        raise UsageError(
            f"The text model '{text_model}' was given; {checkpoint.folder} was trained with "
            f"'{text.name}'. Leave it out, or name the checkpoint that was trained with it."
        )
    if prompts is not None and tuple(prompts) != text.prompts:
        raise UsageError(
            f"The prompts {list(prompts)} were given; {checkpoint.folder} was trained with "
            f"{list(text.prompts)}. Leave them out: they come with the checkpoint."
        )


def print_warnings(read: "Dataset", *, lang: str = "en") -> None:
    """What to know of the data, and the files that gave none, on standard error.

    Args:
        read: the data set.
        lang: language of the warnings.

    Example:
        >>> import sys
        >>> from contextlib import redirect_stderr
        >>> from faultlens.datasets.dataset import DataCard, Dataset, FailedFile
        >>> failed = (FailedFile("a.csv", "Empty."),)
        >>> read = Dataset("mine", (), DataCard("mine", "", "", ""), failed)
        >>> with redirect_stderr(sys.stdout):
        ...     print_warnings(read)
        faultlens: a.csv: Empty.
    """
    for warning in read.warnings:
        typer.echo(f"Note: {warning.of(lang)}", err=True)
    for failed in read.failed:
        typer.echo(f"faultlens: {failed.file}: {failed.reason}", err=True)


def exit_for_failed(read: "Dataset") -> None:
    """Leave with the code of bad input where files could not be read; the rest was done.

    Raises:
        Exit: some file failed.

    Example:
        >>> from faultlens.datasets.dataset import DataCard, Dataset, FailedFile
        >>> failed = (FailedFile("a.csv", "Empty."),)
        >>> read = Dataset("mine", (), DataCard("mine", "", "", ""), failed)
        >>> try:
        ...     exit_for_failed(read)
        ... except typer.Exit as leaving:
        ...     print(leaving.exit_code)
        3
    """
    if read.failed:
        raise typer.Exit(InputError.exit_code)
