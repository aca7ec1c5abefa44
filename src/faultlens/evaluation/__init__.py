"""Honest figures: protocols, benchmarks, and what the shipped numbers were made from.

Belongs here: everything that measures the product, on simulated and on real
recordings and pictures.
Does not belong here: what a user needs to get a diagnosis.
"""
