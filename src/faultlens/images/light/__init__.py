"""Hard light: glare found and repaired, local contrast, several views of one part made one.

Belongs here: functions from pictures to a picture that undo what the lamp did, and the table of
those that a user picks by name (`enhance.ENHANCEMENTS`, `views.fused_views`).
Does not belong here: where one picture lies on another (see `images.registration`), lamps of
rendered surfaces (see `images.simulator`), what a model makes of a picture (see `inputs`).
"""
