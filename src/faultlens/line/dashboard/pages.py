"""The table of pages, in the order of the navigation."""

from faultlens.line.dashboard import (
    alarms_page,
    audit_page,
    correct_page,
    drift_page,
    live_page,
    models_page,
    quality_page,
    result_page,
    search_page,
)
from faultlens.line.dashboard.page import Page

PAGES: tuple[Page, ...] = (
    live_page.PAGE,
    alarms_page.PAGE,
    correct_page.PAGE,
    quality_page.PAGE,
    search_page.PAGE,
    drift_page.PAGE,
    audit_page.PAGE,
    models_page.PAGE,
    result_page.PAGE,
)
"""Every page that stands behind the login (the live page may stand before it)."""
