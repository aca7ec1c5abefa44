"""Options that several verbs take, under one name with one meaning."""

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[str], typer.Argument(help="Recordings, globs or folders.", show_default=False)
]
Rpm = Annotated[
    float | None,
    typer.Option("--rpm", "--shaft-rpm", help="Shaft speed, revolutions per minute."),
]
BearingText = Annotated[
    str | None,
    typer.Option(
        "--bearing",
        help="6205, or n=9,d=7.94,D=39.04 (mm), or bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398.",
    ),
]
SpeedTolerance = Annotated[
    float, typer.Option("--speed-tolerance", help="Error of the stated speed that is searched.")
]
SampleRate = Annotated[
    float | None,
    typer.Option("--sample-rate", help="Samples per second, where the file does not say it."),
]
ChannelName = Annotated[
    str | None, typer.Option("--channel", help="Name or index of the channel to read.")
]
Faults = Annotated[
    str | None,
    typer.Option("--faults", help="Sentences to look for, comma between them; English or Chinese."),
]
ModelName = Annotated[str, typer.Option("--model", help="Model that judges.")]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", "--save_path", help="Folder for pictures and the report."),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="JSON on standard output: an object, or a line per file."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No table and no progress bar.")]
Language = Annotated[str, typer.Option("--lang", help="Language of sentences and reports: en, zh.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same samples.")]
