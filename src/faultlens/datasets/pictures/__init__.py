"""Pictures on disk with what is true of them: label, where the defect is, group and split.

Belongs here: one file per published layout, with its terms and its traps; masks, near-duplicates,
and splits that cannot leak.
Does not belong here: figures (see `evaluation`), decoding of pictures (see `images`).
"""
