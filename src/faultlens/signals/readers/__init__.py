"""File formats: a path in, `Contents` out, with as little loaded as the format allows.

Belongs here: one file per format, and what they share: what a column or an array is, clocks and
time axes, what is not vibration.
Does not belong here: sidecars and options (see `signals.read`), judging samples (see
`signals.quality`).
"""
