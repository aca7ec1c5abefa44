"""What a person said of a file after the model had: pictures and recordings with their true label.

Belongs here: the record of one correction, the set on disk that grows by them, and which of them
hold where several speak of one file.
Does not belong here: how a set is taken for training (its layouts stand beside all others, in
`datasets` and `datasets.pictures`), what a model says (see `inference`).
"""
