"""One asset seen by several sensors: their results in, one verdict with its reasons out.

Belongs here: `fuse`, its `Verdict`, what a sensor says as numbers, and how such numbers are joined.
Does not belong here: judging a recording, a picture or a scan; drawing (see `reports`).
"""
