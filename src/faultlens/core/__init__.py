"""The ground floor: errors, languages, notices, registries, whole-file writes, extras, progress.

Belongs here: what any programme needs and that knows nothing about faults, signals or images.
Does not belong here: anything that a maintenance engineer would recognise.
"""
