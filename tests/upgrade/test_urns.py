"""A deployed stack keeps its resources when it is updated to this release."""

import json
from pathlib import Path

import pytest

from tests.upgrade.urns import program, short

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*/urns.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
def test_no_resource_of_an_earlier_release_is_replaced(sample: Path) -> None:
    """Each is known by its URN or by an alias: a replaced bucket or ledger would be lost."""
    known = {
        short(urn) for resource in program().resources for urn in (resource.urn, *resource.aliases)
    }

    assert [] == sorted(set(json.loads(sample.read_text())) - known)
