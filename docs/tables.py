"""The tables that state what the code says, made from the code."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components import TranscodeFanout, defaults
from components.catalogue import CATALOGUE
from docs.attributes import documented

_ROOT = Path(__file__).parent.parent

PAGES = (_ROOT / "README.md",)
"""The files that hold generated tables, each between two comments that name it."""

_BLOCK = re.compile(r"(<!-- table: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: Path) -> str:
    """The text of a page with its tables made anew.

    Raises:
        KeyError: the page names a table that does not exist.
    """
    return _BLOCK.sub(
        lambda block: f"{block[1]}\n{TABLES[block['name']]()}\n{block[3]}", page.read_text()
    )


def config() -> str:
    """Every key of the stack's config."""
    keys: Mapping[str, Any] = yaml.safe_load((_ROOT / "Pulumi.yaml").read_text())["config"]
    return _table(
        ("Key", "Type", "Default", "Meaning"),
        (
            (f"`{key}`", entry["type"], _default(entry), entry["description"])
            for key, entry in keys.items()
        ),
    )


def outputs() -> str:
    """Every output of the component, which the stack exports under the same name."""
    return _table(
        ("Output", "Meaning"),
        ((f"`{name}`", text) for name, text in documented(TranscodeFanout).items()),
    )


def numbers() -> str:
    """Every number of the infrastructure with its reason."""
    return _table(
        ("Setting", "Value", "Why"),
        (
            (f"`{name}`", _shown(getattr(defaults, name)), text)
            for name, text in documented(defaults).items()
        ),
    )


def presets() -> str:
    """The catalogue."""
    return _table(
        ("Name", "Box", "QVBR level", "At most, video", "Audio"),
        (
            (
                f"`{name}`",
                f"{mp4.picture.width}x{mp4.picture.height}",
                str(mp4.picture.quality),
                f"{mp4.picture.max_bitrate / 1_000_000:g} Mbit/s",
                f"{mp4.sound.bitrate // 1_000} kbit/s",
            )
            for name, mp4 in CATALOGUE.items()
        ),
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "config": config,
    "outputs": outputs,
    "numbers": numbers,
    "presets": presets,
}
"""The generators, by the name that a page uses."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _default(entry: Mapping[str, Any]) -> str:
    return f"`{json.dumps(entry['default'])}`" if "default" in entry else "required"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"`{value}`"
