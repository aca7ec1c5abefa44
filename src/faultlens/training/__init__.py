"""Training: labelled recordings and sentences in, checkpoints out; and from there to a bundle.

Belongs here: the loop, its objectives and stages, text models by name, tuning, adaptation, export
of checkpoints, the corpora and the teacher of the text tower.
Does not belong here: architectures (see `models`), running without torch (see `runtimes`), the
making of what is shipped (see `making`), figures (see `evaluation`).
"""
