"""Whether frames still look as those that a source began with, and what has changed.

Belongs here: measures of a sensor's quality, the reference of a source, distances from it with
their levels, causes told apart, pictures of what changed. Does not belong here: whether a frame
alarms (`line.decision`), what becomes of a model then (`line.update`).
"""
