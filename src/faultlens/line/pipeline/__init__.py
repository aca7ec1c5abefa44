"""From frames to what is remembered: queues, judging, decisions, one journal.

Belongs here: threads and what they hand to each other, exactly-once, reload of line.toml, swap of a
model. Does not belong here: how a frame is judged (`line.detectors`), whether it alarms
(`line.decision`), the file of the journal (`line.journal`).
"""
