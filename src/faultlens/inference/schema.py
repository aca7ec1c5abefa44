"""Version of the JSON of every result."""

SCHEMA = 1
