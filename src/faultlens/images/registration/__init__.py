"""Two pictures of one scene laid on each other, also of two cameras that see it differently.

Belongs here: what visible light and infrared have in common, the search over shift, scale and
rotation, the refinement to an affine map or a homography, how far the result is to be trusted, and
the drawing of one picture in the frame of the other.
Does not belong here: temperatures (see `images.thermal`), what is done with two pictures that lie
on each other (see `images.light`, `inference`).
"""
