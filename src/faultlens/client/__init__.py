"""The client of the service, for programs that send files to it: `Client` and `AsyncClient`.

Belongs here: requests, retries, batches with a progress bar. Does not belong here: anything that
computes; this room needs httpx2 alone.
"""

from faultlens.client.async_client import AsyncClient as AsyncClient
from faultlens.client.client import Client as Client
from faultlens.client.results import Finding as Finding
from faultlens.client.results import Match as Match
from faultlens.client.results import Outcome as Outcome
from faultlens.client.results import Result as Result
from faultlens.client.retries import Retries as Retries
