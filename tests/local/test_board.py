"""What a terminal shows fits into it, whatever its size and however much is to be made."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from local.board import Board
from local.rendition import Rendition, Sight, State


class Terminal:
    """A terminal of this size, with forty renditions to be made, and a clock that is set."""

    def __init__(self, width: int, height: int = 24) -> None:
        """Have this size."""
        self.now = 0.0
        self._console = Console(
            file=StringIO(), width=width, height=height, markup=False, emoji=False, highlight=False
        )
        self.renditions = [
            Rendition(Path(f"holiday-{number:02}.mp4"), f"{number}/holiday.mp4", "1080p")
            for number in range(40)
        ]
        self.board = Board(self.renditions, self._console, lambda: self.now)

    def lines(self) -> list[str]:
        """What it shows."""
        with self._console.capture() as capture:
            self._console.print(self.board.render())
        return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 40, 20])
def test_it_fits(width: int) -> None:
    """Forty running renditions and an upload take no more lines and columns than there are."""
    terminal = Terminal(width)
    for rendition in terminal.renditions:
        terminal.board.rendition(rendition, Sight(State.ENCODING, percent=50))
    terminal.board.upload("a name that is longer than the terminal is wide.mp4", 1, 2)

    lines = terminal.lines()

    assert len(lines) < 24
    assert max(len(line) for line in lines) <= width
    assert any("more encoding" in line for line in lines)


@pytest.mark.parametrize(("width", "has_bars"), [(80, True), (40, False)])
def test_who_runs_has_a_line_and_the_rest_has_one(width: int, has_bars: bool) -> None:  # noqa: FBT001 -- a row of the table
    """Each running rendition has a line, with a bar where there is room; the rest are counted."""
    terminal = Terminal(width)
    done, failed, running, *_ = terminal.renditions
    terminal.board.rendition(done, Sight(State.COMPLETE, percent=100))
    terminal.board.rendition(failed, Sight(State.ERROR))
    terminal.board.rendition(running, Sight(State.ENCODING, percent=40))

    bar, rest, total = terminal.lines()

    assert bar.startswith("holiday-02.mp4 1080p")
    assert bar.endswith(" 40 %")
    assert has_bars == ("━" in bar)
    assert "37 waiting, 1 complete, 1 error" == rest
    assert total.startswith("total 6 %")


def test_an_upload_has_a_bar_of_its_own() -> None:
    """An upload is shown until its last byte has left."""
    terminal = Terminal(80)
    terminal.board.upload("film.mp4", 512, 2_048)
    [bar, *_] = terminal.lines()
    assert bar.startswith("uploading film.mp4")
    assert bar.endswith(" 25 %")

    terminal.board.upload("film.mp4", 2_048, 2_048)
    assert "uploading" not in "".join(terminal.lines())


def test_an_upload_that_failed_is_not_shown_for_ever() -> None:
    """When its renditions have failed, its bar is gone."""
    terminal = Terminal(80)
    terminal.board.upload("film.mp4", 512, 2_048)

    terminal.board.rendition(terminal.renditions[0], Sight(State.ERROR))

    assert "uploading" not in "".join(terminal.lines())


def test_time_left() -> None:
    """The time left is reckoned from the first encode on, when there is something to go by."""
    terminal = Terminal(80)
    terminal.now = 100.0
    assert "total 0 %, 1:40 so far" == terminal.lines()[-1]

    for rendition in terminal.renditions:
        terminal.board.rendition(rendition, Sight(State.ENCODING, percent=25))
    terminal.now = 4_000.0

    assert "total 25 %, 1:06:40 so far, about 3:15:00 left" == terminal.lines()[-1]
