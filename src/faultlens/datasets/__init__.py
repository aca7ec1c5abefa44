"""Recordings and pictures on disk with what is true of them: label, machine, condition, specimen.

Belongs here: one file per published data set or layout, with its terms and its traps (those of
pictures in `pictures`); windows, and splits that cannot leak.
Does not belong here: figures (see `evaluation`), readers of formats (see `signals`, `images`).
"""
