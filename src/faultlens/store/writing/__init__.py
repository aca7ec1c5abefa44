"""Records into tables: each exactly once, and the counts of its hour with it.

Belongs here: one file per kind of table, each a function of a connection and records. Does not
belong here: transactions (`store`), questions (`questions`), what a record is (`records`).
"""
