"""How the service does under load, measured from outside: another process, over HTTP alone.

Belongs here: the load generator, the handler that we are compared with, and what is measured with
them. Does not belong here: anything of the server itself; it is started as a command, as users do.
"""
