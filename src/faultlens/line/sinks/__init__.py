"""Where alarms go: log, webhook, MQTT, e-mail, OPC UA.

Belongs here: one file per kind of sink, each with its options, and the outbox that sends again
what could not be sent. Does not belong here: whether there is an alarm (`line.decision`).
"""
