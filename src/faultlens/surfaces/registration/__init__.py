"""Moving one scan onto another, or onto a CAD mesh, with a quality, and a refusal below it.

Belongs here: iterative closest points, first guesses, quality of the fit.
Does not belong here: the reference surface that comes of it (see `surfaces.reference`).
"""
