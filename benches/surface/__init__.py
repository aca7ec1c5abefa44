"""Figures on pictures: the built-in model, tuning, hard light, infrared, small defects.

Belongs here: benchmarks on pictures and what only they share. Does not belong here: what a verb
runs (`faultlens.evaluation.surface`).
"""
