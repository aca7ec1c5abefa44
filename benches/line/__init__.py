"""Figures of a line that is watched: what is lost at a kill, false alarms, cameras, drift.

Belongs here: one file per figure, each with a short form that tests run, and what only they share.
Does not belong here: what `faultlens watch` runs (`faultlens.line`).
"""
