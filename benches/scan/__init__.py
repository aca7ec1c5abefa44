"""Figures of `faultlens measure` on carved scans, each with its command.

Belongs here: one file per figure, each with a short form that tests run, and what only they share.
Does not belong here: the simulator and the carving that users have too (`faultlens.surfaces`).
"""
