"""A trained model as files and at work: array in, embedding out.

Belongs here: bundles and their cards, the runtimes that run them, export, parity.
Does not belong here: training, thresholds of an asset (see `profiles`), verdicts in words.
"""
