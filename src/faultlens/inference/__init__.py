"""What a user asks for: a verdict on a recording, with findings and the evidence beside them.

Belongs here: `diagnose`, its results, batches.
Does not belong here: commands, servers, pictures' drawing (see `reports`).
"""
