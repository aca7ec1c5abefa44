"""Vision-language models of others: pictures and sentences in one space, read from Hugging Face.

Belongs here: CLIP, SigLIP, Chinese-CLIP as torch modules of our own outputs, read without running
code of theirs, and their tokenizers as one file.
Does not belong here: files of a bundle and running it (see `runtimes`), scores (see `inference`).
"""
