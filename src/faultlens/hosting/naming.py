"""What clients are told calls their files as they did, not as they lie here."""

from pathlib import Path

from faultlens.hosting.task import Task


def as_the_client_says(text: str, task: Task) -> str:
    """A message without the paths of the uploaded files.

    Args:
        text: of an error, a warning, or what was done to a recording.
        task: whose file it is about.

    Example:
        >>> task = Task("diagnose", "/tmp/x/a81f03c2.csv", "pump7.csv")
        >>> as_the_client_says("/tmp/x/a81f03c2.csv is empty; see a81f03c2.toml.", task)
        'pump7.csv is empty; see pump7.toml.'
    """
    for source, name in ((task.source, task.name), *task.beside.values()):
        here, there = Path(source), Path(name)
        for ours, theirs in ((source, name), (here.name, there.name), (here.stem, there.stem)):
            # A word of three letters stands in any text; uploads have longer names.
            if len(ours) >= _SHORTEST:
                text = text.replace(ours, theirs)
    return text


_SHORTEST = 8
