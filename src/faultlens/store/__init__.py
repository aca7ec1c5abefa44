"""What a line remembers: results, parts, alarms, corrections, users, in SQLite or PostgreSQL.

Belongs here: the records of a line, tables and migrations, writing each exactly once, the questions
that pages ask, export and retention. Does not belong here: what a line does (`line`), HTTP.
"""
