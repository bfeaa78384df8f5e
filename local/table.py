"""What ends a run: a table of the renditions, or a list where a table does not fit."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.result import Result
from operate.printable import printable

_PLAIN_WIDTH: Final = 160
"""Columns where standard output is no terminal: enough not to break the names of files."""


_BOUNDLESS: Final = 10_000
"""Columns that every table fits into, to learn how many one needs."""


def print_table(results: Sequence[Result], console: Console | None = None) -> None:
    """Print all renditions, and a line for each that failed.

    Args:
        results: what became of them.
        console: where; standard output when None.
    """
    console = console or _standard_output()
    rows = [_cells(result) for result in results]
    table = Table("file", "preset", "status", "size", "duration", "codecs")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    boundless = console.options.update(width=_BOUNDLESS)
    if console.measure(table, options=boundless).maximum <= console.width:
        console.print(table)
    else:
        for name, *cells in rows:
            # A name that is wrapped can still be copied.
            console.print(name, soft_wrap=True)
            console.print(Padding(Text(", ".join(filter(None, cells))), (0, 0, 0, 2)))
    for result in results:
        if result.failure:
            console.print(
                f"{result.rendition.title}: {result.failure.code}: {result.failure.message}",
                soft_wrap=True,
            )


def _standard_output() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=_PLAIN_WIDTH)


def _cells(result: Result) -> tuple[str, ...]:
    rendition, probe = result.rendition, result.probe
    if probe is None:
        name = rendition.file_title or printable(rendition.source.name)
        return name, rendition.preset, "error", "", "", ""
    return (
        printable(str(result.files[0])),
        rendition.preset,
        "complete",
        f"{probe.width}x{probe.height}" if probe.video_codec else "",
        f"{probe.duration:.1f} s",
        "+".join(filter(None, (probe.video_codec, probe.audio_codec))),
    )
