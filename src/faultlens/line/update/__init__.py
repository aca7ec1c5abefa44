"""How a line gets better: audits and corrections -> tuning -> candidate -> shadow -> promotion.

Belongs here: which passed frames a person is asked about, the sets of what people said, the tuning
as a niced child process, the trial of a candidate, who promoted what on which evidence. Does not
belong here: how a model is tuned (`training`), the swap between two frames (`line.pipeline`).
"""
