"""Dead letters for people: grouped by code and preset, one line a letter, or all details."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import indent
from typing import Final

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from handlers.delivery import FIRST_ATTEMPT
from operate.durations import ago
from operate.letter import NO_CODE, SET_ASIDE, Letter
from operate.printable import counted, printable

INDENT: Final = 2
"""Columns between the left edge and what stands under a group's heading."""

VERSION_CELLS: Final = 8
"""Columns of a version id on a letter's line. S3's ids have 32 characters and differ early on."""

SHORTEST_KEY: Final = 16
"""Columns that a key gets on the narrowest terminal."""

GAP: Final = "  "

CUT: Final = "…"

NO_KEY: Final = "(no key)"
"""What stands for the key of a message that is no notification of S3."""


@dataclass(frozen=True)
class _Group:
    """Letters of one preset that have the same code."""

    code: str
    preset: str
    letters: Sequence[Letter]

    @property
    def heading(self) -> str:
        code = f"{NO_CODE} (no code)" if self.code == NO_CODE else self.code
        return f"{self.preset}, {code}: {counted(len(self.letters), 'letter')}"

    @property
    def reason(self) -> str:
        """The reason that all letters have, or the most frequent one with its share."""
        reasons = Counter(letter.reason or SET_ASIDE for letter in self.letters)
        [(reason, count)] = reasons.most_common(1)
        if len(reasons) == 1:
            return reason
        return f"{reason} ({count} of {len(self.letters)}; --details shows every reason)"


def print_lines(
    console: Console, letters: Sequence[Letter], now: datetime, notes: Mapping[str, str]
) -> None:
    """Print one line a letter: key, version, age, and what is unusual about it.

    Args:
        console: Where to print. Keys are cut in the middle to fit its width.
        letters: The letters, at least one.
        now: The present, from which ages count back.
        notes: By message id, what else a line has to say.
    """
    ends = {letter.message_id: _end(letter, now, notes) for letter in letters}
    room = console.width - INDENT - len(GAP) - max(map(cell_len, ends.values()))
    room = max(SHORTEST_KEY, room)
    keys = {letter.message_id: shortened(printable(_key(letter)), room) for letter in letters}
    room = max(map(cell_len, keys.values()))

    def line(letter: Letter) -> str:
        key = keys[letter.message_id]
        return f"{key}{' ' * (room - cell_len(key))}{GAP}{ends[letter.message_id]}"

    for group in _groups(letters):
        _print_heading(console, group)
        console.print(Padding.indent(Text(printable(group.reason)), INDENT))
        for letter in group.letters:
            console.print(Text(" " * INDENT + line(letter)), no_wrap=True, overflow="ellipsis")
        console.print()


def print_details(
    console: Console, letters: Sequence[Letter], now: datetime, notes: Mapping[str, str]
) -> None:
    """Print everything that is known of each letter, one fact a line.

    Args:
        console: Where to print. Nothing is cut, and only the terminal wraps: values can be copied.
        letters: The letters.
        now: The present, from which ages count back.
        notes: By message id, what else there is to say.
    """
    for group in _groups(letters):
        _print_heading(console, group)
        for letter in group.letters:
            facts = {
                "version": _versions(letter),
                "reason": letter.reason or SET_ASIDE,
                "job": letter.job_id,
                "attempt": str(letter.attempt or "?"),
                "sent": f"{letter.sent_at:%Y-%m-%d %H:%M:%S} UTC ({ago(now - letter.sent_at)} ago)",
                "message": letter.message_id,
                "note": notes.get(letter.message_id),
            }
            lines = [f"  {name:<8} {printable(value)}" for name, value in facts.items() if value]
            block = "\n".join([printable(", ".join(letter.keys)) or NO_KEY, *lines])
            console.print(Text(indent(block, " " * INDENT)), soft_wrap=True)
        console.print()


def shortened(text: str, width: int) -> str:
    """Cut a text in the middle to a number of columns: folder and name of a key are at its ends."""
    if cell_len(text) <= width:
        return text
    kept = width - cell_len(CUT)
    head = chop_cells(text, kept - kept // 2)[0]
    tail = chop_cells(text[::-1], kept // 2)[0][::-1]
    return f"{head}{CUT}{tail}"


def _groups(letters: Sequence[Letter]) -> Iterator[_Group]:
    """Put letters with the same code and preset together, the most frequent code first."""
    groups: dict[tuple[str, str], list[Letter]] = {}
    for letter in letters:
        groups.setdefault((letter.code or NO_CODE, letter.branch.preset), []).append(letter)
    by_code = Counter(letter.code or NO_CODE for letter in letters)
    for code, preset in sorted(groups, key=lambda group: (-by_code[group[0]], group)):
        yield _Group(code, preset, groups[code, preset])


def _print_heading(console: Console, group: _Group) -> None:
    console.print(Text(printable(group.heading), style="bold"))


def _end(letter: Letter, now: datetime, notes: Mapping[str, str]) -> str:
    """What follows the key: version and age, and what is not as usual."""
    attempt = "" if letter.attempt == FIRST_ATTEMPT else f"attempt {letter.attempt or '?'}"
    unusual = ", ".join(filter(None, (attempt, notes.get(letter.message_id))))
    version = _versions(letter)
    if len(version) > VERSION_CELLS:
        version = version[: VERSION_CELLS - 1] + CUT
    return f"{version:<{VERSION_CELLS}}{GAP}{ago(now - letter.sent_at):>6}{GAP}{unusual}".rstrip()


def _versions(letter: Letter) -> str:
    return printable(", ".join(upload.version_id or "" for upload in letter.uploads))


def _key(letter: Letter) -> str:
    first, *others = letter.keys or (NO_KEY,)
    return f"{first} and {counted(len(others), 'other')}" if others else first
