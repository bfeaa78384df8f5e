"""What files are called on screen: their names, or as much of their paths as tells them apart."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from operate.printable import printable


def titles(sources: Sequence[Path]) -> list[str]:
    """A title for each file, different from all others; a file that is given twice is numbered."""
    short = [1] * len(sources)
    while True:
        found = [
            str(Path(*source.parts[-parts:])) for source, parts in zip(sources, short, strict=True)
        ]
        shared = Counter(found)
        longer = [
            parts + (shared[title] > 1 and parts < len(source.parts))
            for title, source, parts in zip(found, sources, short, strict=True)
        ]
        if longer == short:
            return _numbered([printable(title) for title in found])
        short = longer


def _numbered(texts: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    numbered = []
    for text in texts:
        seen[text] += 1
        numbered.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return numbered
