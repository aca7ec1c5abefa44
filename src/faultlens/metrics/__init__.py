"""How good a judgement is: arrays in, numbers out.

Belongs here: figures of classification and localisation, intervals, calibration of thresholds.
Does not belong here: models, files, protocols (see `evaluation`).
"""
