"""Surfaces with known truth: bodies, defects of known size carved into them, a scanner.

Belongs here: `simulate_scan`, `carve` (also into real scans), what a scanner adds and loses.
Does not belong here: pictures of metal (see `images.simulator`).
"""
