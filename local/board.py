"""What a terminal shows while renditions are made: no more lines than it has."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.rendition import UNSEEN, Rendition, Sight, State

NARROW_COLUMNS: Final = 60
"""Below this there are percentages without bars: names say more."""

_LINES_BESIDE_RUNNING: Final = 4
"""The upload, the rest, the total, and the line that the cursor is in."""

_BAR_COLUMNS: Final = 24
_PERCENT_COLUMNS: Final = len("100 %")

_ORDER: Final = (State.WAITING, State.COMPLETE, State.ERROR)
"""Of what is counted in the line for the rest."""


class Board:
    """One line for an upload and for each rendition that runs, one for the rest, and the total."""

    def __init__(
        self, renditions: Sequence[Rendition], console: Console, clock: Callable[[], float]
    ) -> None:
        """Know what is to be made.

        Args:
            renditions: all of the run.
            console: whose size counts, at the moment of drawing.
            clock: tells the time, in seconds.
        """
        self._sights = dict.fromkeys(renditions, UNSEEN)
        self._console = console
        self._clock = clock
        self._start = clock()
        self._first_encoding: float | None = None
        self._upload: tuple[str, int, int] | None = None

    def upload(self, title: str, done: int, size: int) -> None:
        """So many bytes of a file have left."""
        self._upload = (title, done, size) if done < size else None

    def rendition(self, rendition: Rendition, sight: Sight) -> None:
        """This is seen of a rendition; by then every upload has ended, one way or the other."""
        self._upload = None
        self._sights[rendition] = sight
        if self._first_encoding is None and sight.state is State.ENCODING:
            self._first_encoding = self._clock()

    def render(self) -> RenderableType:
        """Draw it as it is now."""
        rows = []
        if self._upload:
            title, done, size = self._upload
            rows.append((f"uploading {title}", 100 * done / size))
        running = [
            (rendition.title, float(sight.percent))
            for rendition, sight in self._sights.items()
            if sight.state is State.ENCODING
        ]
        room = max(1, self._console.height - _LINES_BESIDE_RUNNING)
        rows += running[:room]
        rest = self._rest(len(running[room:]))
        lines = [self._bars(rows)] if rows else []
        return Group(*lines, *([Text(rest)] if rest else []), self._total())

    def _bars(self, rows: Sequence[tuple[str, float]]) -> Table:
        grid = Table.grid(padding=(0, 1))
        bar_columns = 0 if self._is_narrow else _BAR_COLUMNS + 1
        room = self._console.width - bar_columns - _PERCENT_COLUMNS - 1
        grid.add_column(max_width=room, no_wrap=True, overflow="ellipsis")
        if not self._is_narrow:
            grid.add_column(width=_BAR_COLUMNS, no_wrap=True)
        grid.add_column(width=_PERCENT_COLUMNS, no_wrap=True, justify="right")
        for title, percent in rows:
            bar = [] if self._is_narrow else [ProgressBar(100, percent, width=_BAR_COLUMNS)]
            grid.add_row(Text(title), *bar, Text(f"{percent:.0f} %"))
        return grid

    def _rest(self, more_running: int) -> str:
        counts = Counter(sight.state for sight in self._sights.values())
        parts = [f"{more_running} more {State.ENCODING}"] if more_running else []
        parts += [f"{counts[state]} {state}" for state in _ORDER if counts[state]]
        return ", ".join(parts)

    def _total(self) -> Text:
        shares = [
            1.0 if sight.has_ended else sight.percent / 100 for sight in self._sights.values()
        ]
        share = sum(shares) / len(shares) if shares else 1.0
        words = [f"total {100 * share:.0f} %", f"{_clock_time(self._clock() - self._start)} so far"]
        if self._first_encoding is not None and 0 < share < 1:
            left = (self._clock() - self._first_encoding) * (1 - share) / share
            # A line that is full would be pushed up by the `^C` that a terminal shows.
            words.append(f"{'' if self._is_narrow else 'about '}{_clock_time(left)} left")
        return Text(", ".join(words), no_wrap=True, overflow="ellipsis")

    @property
    def _is_narrow(self) -> bool:
        return self._console.width < NARROW_COLUMNS


def _clock_time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
