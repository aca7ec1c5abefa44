"""Models: what turns a recording's numbers into a judgement over faults.

Belongs here: encoders of vibration and text, the adapter, the contrastive model, losses,
checkpoints, where Hugging Face models come from; the training-free rule, and what a few labels add.
Does not belong here: files of users, thresholds of an asset (see `profiles`).
"""
