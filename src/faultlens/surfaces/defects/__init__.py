"""What deviates from the reference surface, and how large it is, with an uncertainty for each size.

Belongs here: local roughness, segmentation, merging and splitting, sizes, uncertainties.
Does not belong here: the reference surface (see `surfaces.reference`), names (see `inference`).
"""
