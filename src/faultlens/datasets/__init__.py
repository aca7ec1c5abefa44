"""Recordings on disk with what is true of them: label, group, condition.

Belongs here: one file per published data set or layout, with its terms and its traps.
Does not belong here: figures (see `evaluation`), readers of formats (see `signals`).
"""
