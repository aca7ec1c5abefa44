"""Making: how the shipped models are made, from a recipe to a bundle.

Belongs here: recipes, the simulated machines that models learn from, and the order of the steps.
Does not belong here: the loop and the losses (`training`, `models`), figures on real data
(`evaluation`).
"""
