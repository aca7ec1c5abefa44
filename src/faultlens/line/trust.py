"""Whom a connection of the line trusts, and how the line shows who it is: TLS of a client."""

import ssl
from pathlib import Path

from faultlens.core.errors import UsageError


def client_context(
    ca: Path | None, certificate: Path | None = None, certificate_key: Path | None = None
) -> ssl.SSLContext:
    """A TLS context that checks the server's certificate and name.

    Args:
        ca: PEM file of the authority that signed the server's certificate; None for those that this
            machine trusts.
        certificate: PEM file that the line shows the server; None for none.
        certificate_key: its key; None where the certificate's file holds it.

    Raises:
        UsageError: a file is missing, or holds no certificate or key; the message names it.

    Example:
        >>> import ssl
        >>> client_context(None).verify_mode is ssl.CERT_REQUIRED
        True
    """
    for name, file in (
        ("ca", ca),
        ("certificate", certificate),
        ("certificate_key", certificate_key),
    ):
        if file is not None and not file.is_file():
            raise UsageError(f"{name} names the file {file}, which is not there.")
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (ssl.SSLError, OSError) as error:
        raise UsageError(f"ca: {ca} holds no certificate in PEM ({error}).") from error
    if certificate is not None:
        try:
            # Without a password of its own OpenSSL would ask at the terminal, and wait for ever.
            context.load_cert_chain(certificate, certificate_key, password=_no_password)
        except (ssl.SSLError, OSError, ValueError) as error:
            raise UsageError(
                f"certificate: {certificate} and its key cannot be used ({error}); both must be "
                "PEM, belong together, and the key must have no password."
            ) from error
    return context


def _no_password() -> str:
    raise ValueError("the key is locked by a password")


def untrusted(error: ssl.SSLError) -> str:
    """Why TLS came to nothing, as the end of a sentence that begins with the server's name.

    Args:
        error: of the handshake.

    Example:
        >>> print(untrusted(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")))
        cannot be trusted: [SSL: WRONG_VERSION_NUMBER] wrong version number. Give its ...
    """
    reason = getattr(error, "verify_message", "") or error.strerror or str(error)
    return (
        f"cannot be trusted: {reason}. Give its authority's certificate as ca, or have the "
        "server's renewed."
    )
