"""Looks at processes through /proc."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one with the same number."""

    pid: int
    parent: int
    started: str

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; what only waits to be reaped does not."""
        return self in processes()


def processes() -> set[Process]:
    """Every process that runs."""
    return {process for entry in PROC.iterdir() if entry.name.isdigit() for process in _read(entry)}


def tree(pid: int) -> set[Process]:
    """A process and all that descend from it."""
    everything = processes()
    found = {process for process in everything if process.pid == pid}
    while more := {p for p in everything if p.parent in {each.pid for each in found}} - found:
        found |= more
    return found


def listening_addresses(of: Iterable[Process]) -> set[str]:
    """The local addresses on which processes listen, as /proc writes them."""
    inodes = {inode for process in of for inode in _sockets(process.pid)}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in (PROC / "net" / table).read_text().splitlines()[1:]
    ]
    return {row[1].partition(":")[0] for row in rows if row[3] == LISTENING and row[9] in inodes}


def _read(entry: Path) -> list[Process]:
    try:
        text = (entry / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name, in parentheses, may hold anything.
    state, parent, *fields = text.rpartition(")")[2].split()
    return [] if state in "ZX" else [Process(int(entry.name), int(parent), fields[17])]


def _sockets(pid: int) -> set[str]:
    found = set()
    try:
        links = list((PROC / str(pid) / "fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return set()
    for link in links:
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found
