"""Puts files of this machine into the input bucket."""

from collections.abc import Sequence
from pathlib import Path

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


def upload(clients: Clients, bucket: str, source: Path, key: str) -> None:
    """Upload a file; a large one goes in parts."""
    clients.client("s3").upload_file(str(source), bucket, key)
