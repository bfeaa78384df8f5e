"""What a creator returns, and how it names what has no name."""

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

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
    """A physical name as Pulumi would make it: the logical name and a random ending."""
    return f"{logical_name}-{secrets.token_hex(_SUFFIX_CHARACTERS)[:_SUFFIX_CHARACTERS]}"
