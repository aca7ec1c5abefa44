"""How the encoder of surfaces learns: crops of rendered pictures meet the sentences of defects.

Belongs here: what the shipped model and a user's own (`tune --render`) share: windows and crops,
the loss, calibration, export.
Does not belong here: the recipe of the shipped model (`making/surface.py`).
"""
