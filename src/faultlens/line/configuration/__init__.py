"""`line.toml`: what is watched, how it is decided, where alarms go.

Belongs here: the records of its tables, and the reader that lists every fault at once with its
line. Does not belong here: options of one kind of source or sink, which stand in their own file.
"""
