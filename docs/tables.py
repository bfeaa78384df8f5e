"""The parts of the documentation that state what the code says, made from the code."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from docs import (
    cost_table,
    elastic_transcoder_tables,
    outcome_tables,
    permission_tables,
    preset_tables,
    stack_tables,
    verify_tables,
)

_ROOT = Path(__file__).parent.parent

PAGES = (_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md")))
"""The files that can hold generated parts, each between two comments that name it."""

TABLES: Mapping[str, Callable[[], str]] = {
    "config": stack_tables.config,
    "config-keys": stack_tables.config_keys,
    "outputs": stack_tables.outputs,
    "numbers": stack_tables.numbers,
    "presets": preset_tables.catalogue,
    "refusal": preset_tables.refusal,
    "tiers": preset_tables.tiers,
    "fields": preset_tables.fields,
    **{f"kind-{kind}": partial(preset_tables.kind, kind) for kind in preset_tables.KINDS},
    "elastic-transcoder-presets": elastic_transcoder_tables.presets,
    "elastic-transcoder-refusals": elastic_transcoder_tables.refusals,
    "estimate": cost_table.estimate,
    "announcement": outcome_tables.announcement,
    "retries": outcome_tables.retries,
    "ends": outcome_tables.ends,
    "boundary": permission_tables.boundary,
    "key-policy": permission_tables.key_policy,
    "permissions-allowed": permission_tables.allowed,
    "permissions-denied": permission_tables.denied,
    "verify-checks": verify_tables.checks,
    "verify-policy": verify_tables.policy,
}
"""The generators, by the name that a page uses."""

_BLOCK = re.compile(r"(<!-- table: (?P<name>[a-z0-9-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: Path) -> str:
    """The text of a page with its generated parts made anew.

    Raises:
        KeyError: the page names one that does not exist.
    """
    return _BLOCK.sub(
        lambda block: f"{block[1]}\n{TABLES[block['name']]()}\n{block[3]}", page.read_text()
    )
