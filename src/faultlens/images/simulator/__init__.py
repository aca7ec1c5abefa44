"""Pictures with known truth: a metal surface, a light, a defect in; a picture as a camera sees it.

Belongs here: `render_surface` for one picture, `render_defect_onto` for a defect on a user's own
picture, and their parts.
Does not belong here: reading and writing files (see `images.read`, `images.write`).
"""
