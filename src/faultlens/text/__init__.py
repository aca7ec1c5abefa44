"""What people say about faults.

Belongs here: the fault knowledge base (`faults/*.toml`), matching of sentences to it.
Does not belong here: embeddings (see `models`), numbers of a recording (see `signals`).
"""
