"""Figures of the pages: numbers in, SVG out, and the same numbers as a table.

Belongs here: pure functions that draw one kind of figure each, scales and the writing of numbers.
Does not belong here: questions to the store, words of a page, colours (`static/charts.css`).
"""
