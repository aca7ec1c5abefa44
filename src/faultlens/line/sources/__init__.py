"""Where frames come from: folders, recordings played again, cameras, scanners, MQTT, HTTP.

Belongs here: one file per kind of source, each with its options. Does not belong here: what is made
of a frame (`line.detectors`), queues (`line.pipeline`).
"""
