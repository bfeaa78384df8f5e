"""The table that ends a run."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.result import Result
from operate.printable import printable

_PLAIN_WIDTH: Final = 160
"""Columns where standard output is no terminal: enough not to break the names of files."""


def print_table(results: Sequence[Result]) -> None:
    """Print one row per rendition to standard output, and a line for each that failed."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=_PLAIN_WIDTH)
    table = Table("file", "preset", "status", "size", "duration", "codecs")
    for result in results:
        table.add_row(*(Text(cell) for cell in _cells(result)))
    console.print(table)
    for result in results:
        if result.failure:
            console.print(
                f"{printable(result.rendition.source.name)} {result.rendition.preset}: "
                f"{result.failure.code}: {result.failure.message}",
                soft_wrap=True,
            )


def _cells(result: Result) -> tuple[str, ...]:
    rendition, probe = result.rendition, result.probe
    if probe is None:
        return printable(rendition.source.name), rendition.preset, "error", "", "", ""
    return (
        printable(str(result.file)),
        rendition.preset,
        "complete",
        f"{probe.width}x{probe.height}" if probe.video_codec else "",
        f"{probe.duration:.1f} s",
        "+".join(filter(None, (probe.video_codec, probe.audio_codec))),
    )
