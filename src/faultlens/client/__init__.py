"""The client of the service, for programs that send files to it: `Client` and `AsyncClient`.

Belongs here: requests, retries, batches with a progress bar. Does not belong here: anything that
computes; this room needs httpx2 alone.
"""
