"""Honest figures of pictures: what a model says of labelled ones, beside what needs no model.

Belongs here: judging sets of pictures, figures with their intervals, floors, the benchmark.
Does not belong here: how one picture is judged (see `inference`), layouts (see `datasets`).
"""
