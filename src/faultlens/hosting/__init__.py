"""What a running server shares: models at work in their processes, queues and batches, accounts.

Belongs here: worker processes and their swap, gathering of requests into batches, API keys and
rates. Does not belong here: HTTP (`service`), what a verb computes (`inference`).
"""
