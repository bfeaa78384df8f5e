"""Shows on standard error how far renditions are: bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from local.rendition import Rendition, Sight, State
from operate.printable import printable

Show = Callable[[Rendition, Sight], None]
"""Is told about every change."""


@contextmanager
def shown(renditions: Sequence[Rendition]) -> Iterator[Show]:
    """Show changes while the `with` block lasts."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        with _bars(console, renditions) as show:
            yield show
    else:
        yield _lines(console)


@contextmanager
def _bars(console: Console, renditions: Sequence[Rendition]) -> Iterator[Show]:
    """One bar per rendition, from the start."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        tasks = {
            rendition: progress.add_task(_title(rendition), total=100, state=State.WAITING)
            for rendition in renditions
        }

        def show(rendition: Rendition, sight: Sight) -> None:
            progress.update(tasks[rendition], completed=sight.percent, state=sight.state)
            if sight.has_ended:
                progress.stop_task(tasks[rendition])

        yield show


def _lines(console: Console) -> Show:
    """One line whenever a rendition is in another state."""
    start = time.monotonic()
    states: dict[Rendition, State] = {}

    def show(rendition: Rendition, sight: Sight) -> None:
        if states.get(rendition) is not sight.state:
            states[rendition] = sight.state
            seconds = time.monotonic() - start
            console.print(f"{seconds:6.1f} s  {_title(rendition)}: {sight.state}", soft_wrap=True)

    return show


def _title(rendition: Rendition) -> str:
    return f"{printable(rendition.source.name)} {rendition.preset}"
