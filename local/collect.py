"""Fetches finished renditions and looks into them."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import av

from local.clients import Clients
from local.rendition import Rendition


@dataclass(frozen=True)
class Probe:
    """What is in a media file."""

    duration: float
    """Seconds."""

    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    """All but the duration are None where the file has no picture, or no sound."""


class Shelf:
    """The folder that renditions are put into."""

    def __init__(self, folder: Path, sources: Iterable[Path]) -> None:
        """Use this folder; it is created when the first rendition is put there.

        Args:
            folder: where.
            sources: files that must not be overwritten, should they be in the same folder.
        """
        self._folder = folder
        self._taken = {_identity(source) for source in sources}

    def place(self, rendition: Rendition, ending: str) -> Path:
        """Where a rendition goes: `<source stem>-<preset>` and its ending, numbered if taken.

        Taken is what this run wrote, or reads. A file of an earlier run is replaced.
        """
        stem = rendition.source.stem
        number = 1
        while True:
            counted = stem if number == 1 else f"{stem}-{number}"
            path = self._folder / f"{counted}-{rendition.preset}{ending}"
            if _identity(path) not in self._taken:
                self._taken.add(_identity(path))
                return path
            number += 1

    def fetch(self, clients: Clients, bucket: str, key: str, rendition: Rendition) -> list[Path]:
        """Download a rendition; one of several files into a folder, where they find each other.

        A file appears under its name only when it is whole, the main one when all are there.

        Args:
            clients: of the account.
            bucket: where the rendition is.
            key: its main file.
            rendition: which one it is.

        Returns:
            The files, the main one first.
        """
        others = sorted(_keys_beside(clients, bucket, rendition) - {key})
        if not others:
            path = self.place(rendition, PurePosixPath(key).suffix)
            _download(clients, bucket, key, path)
            return [path]
        folder = self.place(rendition, "")
        root = posixpath.commonpath([posixpath.dirname(each) for each in (*others, key)])
        paths = []
        for each in (*others, key):
            paths.append(folder / posixpath.relpath(each, root))
            _download(clients, bucket, each, paths[-1])
        return [paths[-1], *paths[:-1]]


def _keys_beside(clients: Clients, bucket: str, rendition: Rendition) -> set[str]:
    """The keys of a rendition's files: an upload has a folder of its own, so its renditions do."""
    pages = clients.client("s3").get_paginator("list_objects_v2")
    prefix = f"{posixpath.dirname(rendition.key)}/"
    return {
        item["Key"]
        for page in pages.paginate(Bucket=bucket, Prefix=prefix)
        for item in page.get("Contents", [])
    }


def _download(clients: Clients, bucket: str, key: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    try:
        clients.client("s3").download_file(bucket, key, str(partial))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _identity(path: Path) -> str:
    """The same text for all spellings of a path, also where letter case means nothing."""
    return str(path.resolve()).casefold()


def probe(path: Path) -> Probe:
    """Read what is in a media file; of a playlist with several sizes the largest counts."""
    with av.open(str(path)) as container:
        video = max(container.streams.video, key=lambda each: each.width, default=None)
        audio = next(iter(container.streams.audio), None)
        return Probe(
            duration=(container.duration or 0) / av.time_base,
            width=video.width if video else None,
            height=video.height if video else None,
            video_codec=video.codec_context.name if video else None,
            audio_codec=audio.codec_context.name if audio else None,
        )
