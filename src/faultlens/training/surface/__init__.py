"""How the encoder of surfaces learns: crops of rendered pictures meet the sentences of defects.

What makes the shipped model of it is `making/surface.py`; a user's own is made by `tune --render`.
"""
