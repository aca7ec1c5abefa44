"""The surface that a part should have, found in a scan that may hold defects and outliers.

Belongs here: `fit_reference`, one file per form (plane, cylinder, sphere, free form, a golden scan
or CAD mesh once it is registered), the robust fitting that they share.
Does not belong here: moving one scan onto another (see `surfaces.registration`), what deviates (see
`surfaces.defects`).
"""
