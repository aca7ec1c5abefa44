"""What is known of one asset or product without touching a model's weights.

Belongs here: calibration from an asset's own healthy samples; later reference banks and regions.
Does not belong here: models, verdicts in words.
"""
