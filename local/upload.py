"""Puts files of this machine into the input bucket."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from local.clients import Clients


def keys(sources: Sequence[Path]) -> list[str]:
    """A key for each file: its name in a folder of its own, because two files can share a name."""
    width = len(str(len(sources)))
    return [
        f"{number:0{width}}/{_as_utf8(source.name)}"
        for number, source in enumerate(sources, start=1)
    ]


def _as_utf8(name: str) -> str:
    """A file's name as S3 can carry it: in UTF-8, which file systems do not enforce."""
    return name.encode("utf-8", "replace").decode("utf-8")


def upload(
    clients: Clients, bucket: str, source: Path, key: str, on_bytes: Callable[[int, int], None]
) -> None:
    """Upload a file; a large one goes in parts.

    Args:
        clients: of the account.
        bucket: where it goes.
        source: the file.
        key: its key there.
        on_bytes: is told how many bytes have left, and of how many; from any thread, one at a time.
    """
    size, sent, lock = source.stat().st_size, 0, Lock()

    def count(sent_now: int) -> None:
        nonlocal sent
        with lock:
            # A part that is sent again counts backwards first.
            sent += sent_now
            on_bytes(sent, size)

    on_bytes(0, size)
    clients.client("s3").upload_file(str(source), bucket, key, Callback=count)
