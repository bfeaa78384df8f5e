"""What a creator returns, and how it names what has no name."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi

_SUFFIX_CHARACTERS: Final = 7
"""Hex characters that Pulumi's auto-naming adds to a logical name."""


@dataclass(frozen=True)
class Created:
    """A resource that exists now."""

    id: str
    """Pulumi's id of it."""

    outputs: dict[str, Any] = field(default_factory=dict)
    """What the provider would tell of it beyond its inputs, in camelCase."""


def auto_name(logical_name: str) -> str:
    """A physical name as Pulumi would make it, but the same every time.

    Pulumi's ending is random, because others use the account as well. Each local cloud is an
    account of its own, so an ending for each stack is enough, and what was typed for one cloud
    works for the next.
    """
    digest = hashlib.sha256(f"{pulumi.get_stack()}/{logical_name}".encode()).hexdigest()
    return f"{logical_name}-{digest[:_SUFFIX_CHARACTERS]}"
