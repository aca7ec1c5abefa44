"""How the tables came to be what they are: one file per step, applied by Alembic in their order.

Belongs here: `revision_NNNN.py`, never changed once released. Does not belong here: the tables as
they are now (`tables`), when the steps are applied (`migrated`).
"""
