"""Pixels in, pixels out.

Belongs here: reading and writing pictures, tiles, scaling, regions of a heat map and
their measures, masks as COCO writes them, regions of interest, light and glare, registration,
heat in degC, the simulator.
Does not belong here: words, models, thresholds, verdicts (see `text`, `models`, `inference`).
"""
