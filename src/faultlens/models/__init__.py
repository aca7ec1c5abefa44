"""Models: what turns a recording's numbers into a judgement over faults.

Belongs here: the training-free rule; encoders, adapters and losses come with the learned model.
Does not belong here: files of users, thresholds of an asset (see `profiles`).
"""
