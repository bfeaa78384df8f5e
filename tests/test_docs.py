"""The documentation says what the code says."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.estimate.cost import Cost
from components.estimate.report import RENDITION_USE, UPLOAD_USE, report
from components.presets import resolve
from components.presets.renditions import FIELDS_OF_KIND
from docs.tables import PAGES, TABLES, refreshed
from tests.engine import ROOT, run_main

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
COSTS = (ROOT / "docs" / "costs.md").read_text()

README_BYTES = 8 * 1024
"""What a newcomer reads in a few minutes."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_tables_are_fresh(page: Path) -> None:
    """`make docs` was run after the last change to what a table is made from."""
    assert refreshed(page) == page.read_text()


def test_the_readme_is_one_short_page() -> None:
    """Everything else is in docs/, which it links."""
    assert len((ROOT / "README.md").read_bytes()) <= README_BYTES


def test_every_table_is_shown() -> None:
    """A table that no page holds is dead code."""
    text = "".join(page.read_text() for page in PAGES)

    assert [] == [name for name in TABLES if f"<!-- table: {name} -->" not in text]


def test_the_names_of_the_design_exist() -> None:
    """Each row of the table of names is a resource of the dev stack."""
    table = re.search(r"<!-- names -->\n(.*?)<!-- end -->", ARCHITECTURE, re.DOTALL)
    assert table is not None
    rows = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", table[1], re.MULTILINE)
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    stack = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    defaults = {key: entry["default"] for key, entry in project.items() if "default" in entry}
    dev = {key.removeprefix("videoconverter:"): value for key, value in stack.items()}

    resources = {(r.type, r.name) for r in run_main(defaults | dev).resources}

    assert len(rows) == 3 + 5 * 2
    assert set() == set(rows) - resources


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_internal_links_lead_somewhere(page: Path) -> None:
    """A picture or page that is named is in the repository."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())

    assert [] == [target for target in targets if not (page.parent / target).exists()]


def _examples() -> Iterator[list[Any]]:
    """The presets in every block of YAML, but for the one that is shown for its mistakes."""
    wrong = re.compile(r"<!-- table: refusal -->.*?<!-- end -->", re.DOTALL)
    for page in PAGES:
        right = wrong.sub("", page.read_text())
        for block in re.findall(r"```yaml\n(.*?)```", right, re.DOTALL):
            match yaml.safe_load(block):
                case {"config": {"videoconverter:presets": presets}}:
                    yield presets
                case list() as presets:
                    yield presets


def test_examples_can_be_pasted() -> None:
    """Every preset in the documentation works, and there is one of each kind."""
    examples = list(_examples())
    for presets in examples:
        resolve(presets)

    kinds = {preset.get("kind", "mp4") for presets in examples for preset in presets}
    assert set(FIELDS_OF_KIND) == kinds


def _calculated(arithmetic: str) -> float:
    """Sums of products, such as `2 * 3 + 4`."""
    return sum(math.prod(map(float, term.split(" * "))) for term in arithmetic.split(" + "))


def test_the_estimate_by_hand_is_the_estimate() -> None:
    """The arithmetic of the page gives its numbers, and they are those of the report."""
    table = re.search(r"<!-- by hand -->\n(.*?)<!-- end -->", COSTS, re.DOTALL)
    assert table is not None
    rows = re.findall(r"\| (\w+) \|.*\| `([^`]+)` \| ([0-9.]+) \|$", table[1], re.MULTILINE)
    thousand = report(resolve([{"name": "720p"}]), seconds=600)["per_thousand_uploads"]
    cost = thousand["presets"]["720p"]

    assert len(Cost().rounded()) == len(rows)
    for part, arithmetic, dollars in rows:
        assert dollars == f"{_calculated(arithmetic):.4f}" == f"{cost[part.lower()]:.4f}", part


def test_the_guarantees_cost_what_the_estimate_assumes() -> None:
    """The requests that were counted are as many as the estimate counts today."""
    block = re.search(r"<!-- guarantees -->\n(.*?)<!-- end -->", COSTS, re.DOTALL)
    assert block is not None
    counted = re.findall(r" (\d+), (\d+), (\d+)$", block[1], re.MULTILINE)
    presets = 2

    today = (
        UPLOAD_USE.dynamodb_reads + presets * RENDITION_USE.dynamodb_reads,
        UPLOAD_USE.dynamodb_writes + presets * RENDITION_USE.dynamodb_writes,
        UPLOAD_USE.sns_publishes - 1 + presets * RENDITION_USE.sns_publishes,
    )
    assert [today] * 2 == [tuple(map(int, line)) for line in counted]
