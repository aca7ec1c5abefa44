"""What stands in a picture's file: one file per question.

Belongs here: kinds of files, whether a file is whole, decoding, 16 bits, alpha, orientation.
Does not belong here: paths, URLs and the Image record (see `images/read.py`).
"""
