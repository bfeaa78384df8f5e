"""Rewrite what is generated: tables of the pages, and the plugin's schema. Tests find it stale."""

from docs.tables import PAGES, refreshed
from provider.schema import COPY, schema_text

for page in PAGES:
    page.write_text(refreshed(page))
COPY.write_text(schema_text())
