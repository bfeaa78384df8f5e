"""How keys and reasons are shown to people."""

from typing import Final

_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """A text that does nothing to a terminal: keys can hold control characters."""
    return "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in text)
