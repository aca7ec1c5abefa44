"""From scores of frames to alarms of the line: m of n, hysteresis, the threshold of a wanted rate.

Belongs here: pure functions on scores. Does not belong here: what becomes of an alarm once it is
raised (`line.alarms`), how a frame gets its score (`line.detectors`).
"""
