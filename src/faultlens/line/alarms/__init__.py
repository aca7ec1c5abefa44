"""The life of an alarm, as ISA-18.2: raised, acknowledged by a named person, returned, shelved.

Belongs here: pure functions from one state of all alarms to the next, with the records of what
changed. Does not belong here: when an alarm is raised (`line.decision`), where it is sent
(`line.sinks`).
"""
