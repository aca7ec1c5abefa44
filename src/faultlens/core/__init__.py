"""The ground floor: errors, registries, whole-file writes, optional packages, progress.

Belongs here: what any programme needs and that knows nothing about faults, signals or images.
Does not belong here: anything that a maintenance engineer would recognise.
"""
