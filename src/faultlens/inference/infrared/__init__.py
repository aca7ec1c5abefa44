"""Visible and infrared of one part together: laid on each other, fused, hot spots as findings.

Belongs here: how a pair becomes what the model looks at, fusion of rows and of decisions, the
weight learned on few labelled pairs, hot spots in the picture's coordinates.
Does not belong here: reading infrared and finding hot spots (see `images.thermal`), registration
(see `images.registration`), the verdict of several results (see `inference.verdict`).
"""
