"""Training: recipes and corpora in, trained modules out.

Belongs here: corpora of sentences, teachers, training loops and their recipes.
Does not belong here: architectures (see `models`), export (see `runtimes`), the making of what
is shipped (see `making`).
"""
