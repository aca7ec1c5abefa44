"""Models: what turns a recording's or a picture's numbers into a judgement.

Belongs here: encoders of vibration, surfaces and text, models of pictures and words, the adapter,
the contrastive model, losses, checkpoints, where Hugging Face models come from; the training-free
rule, and what a few labels add.
Does not belong here: files of users, thresholds of an asset (see `profiles`).
"""
