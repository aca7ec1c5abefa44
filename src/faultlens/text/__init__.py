"""What people say about faults.

Belongs here: the knowledge bases of faults (`faults`) and surface defects (`defects`), matching of
sentences to them, prompts, and sizes and places that a sentence states.
Does not belong here: embeddings (see `models`), numbers of a recording (see `signals`).
"""
