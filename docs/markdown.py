"""The few forms of markdown that the generated parts use."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table.

    Args:
        head: the titles of the columns.
        rows: as many cells each.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def fence(language: str, text: str) -> str:
    """A block of code.

    Args:
        language: what it is highlighted as.
        text: what is in it.
    """
    return f"```{language}\n{text.rstrip()}\n```\n"


def code(words: Iterable[str]) -> str:
    """Words as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)
