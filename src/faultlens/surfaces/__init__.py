"""Scans in, numbers of geometry out: point clouds and height maps, always in millimetres.

Belongs here: the record `Surface`, reading (`read`, `readers`), the surface that the part should
have (`reference`, `registration`), deviations from it (`deviation`), what deviates and how large it
is (`defects`), and surfaces with known truth (`simulator`).
Does not belong here: names of defects (see `inference`), severity (see `profiles`), pictures of the
result (see `reports`).
"""
