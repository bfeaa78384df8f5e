"""What a command prints to standard output: JSON lines, a table, or lines with tabs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operate.printable import printable


def print_json(documents: Iterable[Mapping[str, Any]]) -> None:
    """Print one line of JSON per document."""
    for document in documents:
        sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def standard_output() -> Console:
    """Standard output as it is now; texts are printed as they are, without markup."""
    return Console(highlight=False, markup=False, emoji=False)


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table to a terminal and tab-separated lines elsewhere; without rows print nothing."""
    lines = [[printable(cell) for cell in row] for row in rows]
    if not lines:
        return
    console = standard_output()
    if console.is_terminal:
        table = Table()
        for name in header:
            table.add_column(name, overflow="fold")
        for line in lines:
            table.add_row(*map(Text, line))
        console.print(table)
    else:
        sys.stdout.writelines("\t".join(line) + "\n" for line in (header, *lines))
        sys.stdout.flush()
