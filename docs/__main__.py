"""Rewrite the generated tables: `make docs`. A test fails when they are stale."""

from docs.tables import PAGES, refreshed

for page in PAGES:
    page.write_text(refreshed(page))
