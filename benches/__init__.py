"""Figures: what each claim of the documentation is measured with, on real data or known truth.

Belongs here: benchmarks that `make` runs from a clone, and what only they share. Does not belong
here: what a verb runs (`faultlens.evaluation`), tests.
"""
