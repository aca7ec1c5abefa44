"""From a user's payload to what a model takes, the same way in training and in serving.

Belongs here: one file per kind of payload.
Does not belong here: models, thresholds, words.
"""
