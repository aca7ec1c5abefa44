"""Words that must not stand in a file that is shown around: a key, a password."""


class Secret(str):
    """A key or password; `line.toml` names where it is: "env:NAME" or "file:PATH".

    Example:
        >>> Secret("open sesame")
        Secret('...')
    """

    def __repr__(self) -> str:
        return "Secret('...')"
