"""What a user asks for: a verdict on a recording or a picture, with the evidence beside it.

Belongs here: `diagnose`, `inspect`, `trend`, their results, batches, opening a model by its name.
Does not belong here: commands, servers, pictures' drawing (see `reports`).
"""
