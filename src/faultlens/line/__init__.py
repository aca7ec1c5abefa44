"""A line that is watched: source -> detector -> decision -> alarm and store -> dashboard.

Belongs here: `line.toml`, sources of frames, detectors, decision and alarms, the journal, sinks,
monitoring, audit and update of models, the dashboard. Does not belong here: how a frame is judged
(`inference`), what is remembered (`store`), the HTTP interface of single files (`service`).
"""
