"""What pages and commands ask of a store: each question a function, each answer frozen records.

Belongs here: one file per kind of answer; a question reads and never writes. Does not belong here:
writing (`writing`), how an answer is drawn (`line`), files of results (`exporting`).
"""
