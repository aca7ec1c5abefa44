"""Frames in, verdicts out: recordings by `diagnose`, pictures by `inspect`, fast cameras by screen.

Belongs here: one file per kind of detector. Does not belong here: how a model computes
(`inference`), whether the line alarms (`line.decision`).
"""
