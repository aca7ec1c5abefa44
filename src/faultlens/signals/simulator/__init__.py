"""Recordings with known truth: a bearing, a speed, a fault in; a recording as a sensor hears it.

Belongs here: `simulate` for one machine, `draw` for machines drawn at random, and their parts.
Does not belong here: reading and writing files (see `signals.read`, `signals.write`).
"""
