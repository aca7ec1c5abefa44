"""Few labelled pictures in, a bundle adapted to them out: which were taken, what was learned of
them, by which method, and how well with each left out in turn.

Belongs here: labelled pictures looked at by a base model; methods of adaptation; their choice by
cross-validation; the bundle. Does not belong here: applying what was learned (`models` and
`runtimes`), rendered defects (`training.surface`), recordings (`training.tune`).
"""
