"""Encoders: torch modules that turn one kind of input into unit rows of the shared space.

Belongs here: the architecture, with its sizes as arguments; how it is packed for shipping.
Does not belong here: losses, training (see `training`), ONNX (see `runtimes`).
"""
