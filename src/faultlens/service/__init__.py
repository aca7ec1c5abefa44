"""HTTP over inference: the application `faultlens.service.app:app`.

Belongs here: routes, uploads, answers and problem documents, headers, logs, metrics, stopping
gracefully. Does not belong here: batches, workers and accounts (`hosting`), the client (`client`).
"""
