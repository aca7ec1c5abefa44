"""What is known of one asset or product without touching a model's weights.

Belongs here: calibration from an asset's own healthy samples, and what speaks against it.
Does not belong here: models, verdicts in words.
"""
