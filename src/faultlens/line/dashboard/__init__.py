"""The pages of a line in the browser: how it stands, its alarms, what they ask of people.

Belongs here: pages, their words in both languages, templates, styles, login and sessions, the
process that serves them. Does not belong here: what the line does about an action
(`line.pipeline`), questions to the database (`store.questions`), drawings of numbers (`charts`).
"""
