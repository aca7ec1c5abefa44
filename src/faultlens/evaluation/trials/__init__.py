"""Trials of models in fewer bits: inputs that show their ranges, others whose truth is known.

Belongs here: what each kind of model is calibrated with and measured on when it is exported.
Does not belong here: how files are made smaller and refused (see `runtimes`), figures on real data
(see `evaluation`).
"""
