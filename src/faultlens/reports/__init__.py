"""Pictures, pages and sentences from plain arrays and records, in English and Chinese.

Belongs here: what a result looks like to a reader.
Does not belong here: reading, judging, or anything that needs a model.
"""
