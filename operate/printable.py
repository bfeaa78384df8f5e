"""How keys, reasons and counts are shown to people."""

from typing import Final

_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Replace what could act on a terminal: keys can hold control characters."""
    return "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in text)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 letter`, `2,000 letters`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
