"""How the messages of this package show a value and guess what was meant."""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

_LONGEST_VALUE = 80
"""Characters of a value in a message; more would bury the sentence around it."""


def shown(value: Any) -> str:
    """Write a value as the configuration file has it, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def nearest(name: str, existing: Iterable[str]) -> str | None:
    """Return the existing name most like a wrong one, whatever its case, or None."""
    by_lower_case = {candidate.lower(): candidate for candidate in existing}
    matches = get_close_matches(name.lower(), by_lower_case, n=1)
    return by_lower_case[matches[0]] if matches else None


def did_you_mean(name: str, existing: Iterable[str]) -> str:
    """Return ` (did you mean ...?)`, or nothing where no existing name comes near."""
    guess = nearest(name, existing)
    return f" (did you mean {shown(guess)}?)" if guess else ""
