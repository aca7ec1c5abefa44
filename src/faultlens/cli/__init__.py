"""The command line: one file per verb, thin; the work is done below.

Belongs here: options, tables on the terminal, exit codes.
Does not belong here: anything that Python users would miss.
"""
