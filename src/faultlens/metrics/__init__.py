"""How good a judgement is: arrays in, numbers out.

Belongs here: classification figures, intervals, calibration of thresholds.
Does not belong here: models, files, protocols (see `evaluation`).
"""
