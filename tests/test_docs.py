"""The documentation says what the code says."""

import re
from pathlib import Path

import pytest
import yaml

from docs.tables import PAGES, TABLES, refreshed
from tests.engine import ROOT, run_main

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_tables_are_fresh(page: Path) -> None:
    """`make docs` was run after the last change to what a table is made from."""
    assert refreshed(page) == page.read_text()


def test_every_table_is_shown() -> None:
    """A table that no page holds is dead code."""
    text = "".join(page.read_text() for page in PAGES)

    assert [] == [name for name in TABLES if f"<!-- table: {name} -->" not in text]


def test_the_names_of_the_design_exist() -> None:
    """Each row of the table of names is a resource of the dev stack."""
    table = re.search(r"<!-- names -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert table is not None
    rows = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", table[1], re.MULTILINE)
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    stack = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    defaults = {key: entry["default"] for key, entry in project.items() if "default" in entry}
    dev = {key.removeprefix("videoconverter:"): value for key, value in stack.items()}

    resources = {(r.type, r.name) for r in run_main(defaults | dev).resources}

    assert len(rows) == 3 + 5 * 2
    assert set() == set(rows) - resources


def test_internal_links_of_the_readme_lead_somewhere() -> None:
    """A picture or page that is named in the README is in the repository."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert targets
    assert [] == [target for target in targets if not (ROOT / target).exists()]
