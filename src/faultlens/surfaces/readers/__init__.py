"""One file per format of scans; `surfaces.read` chooses among them.

Belongs here: what turns the bytes of one format into points, and the table of formats.
Does not belong here: units (see `surfaces.units`), anything that judges a scan.
"""
