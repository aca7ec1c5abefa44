"""Infrared pictures: a temperature per pixel, and the places that are hotter than the rest.

Belongs here: the `Thermal` record, readers of radiometric pictures and of cameras' own files, the
physics from counts to degrees Celsius, hot spots, visible and infrared mixed to one picture.
Does not belong here: where the infrared lies on the visible picture (see `images.registration`),
what a model makes of either (see `runtimes`), verdicts (see `inference`).
"""
