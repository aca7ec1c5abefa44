"""Exit code 0 if the service of this container answers that it is ready, else 1."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def is_ready(port: int, timeout_s: float = 4.0) -> bool:
    """Whether the service on this machine takes requests; a proxy of the network is not asked."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_ready(int(os.environ.get("FAULTLENS_PORT", "8000"))))
