"""The paths of the service, one file per group.

Belongs here: paths, roles, and what OpenAPI says of them. Does not belong here: how a request is
read and answered (`service`), what is computed (`hosting`).
"""
