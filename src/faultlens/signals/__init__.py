"""A recording in, numbers of physics out.

Belongs here: reading recordings, windows, envelope and modulation spectra, shaft orders, bearing
kinematics, the bearing catalogue, line reading, severity, the simulator.
Does not belong here: words, thresholds, verdicts (see `text`, `profiles`, `inference`).
"""
