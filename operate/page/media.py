"""Renditions as a browser plays them: addresses, types, sizes, and parts of files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from botocore.exceptions import ClientError

from handlers.ledger.rendition import Output
from handlers.mediaconvert.surplus import Series

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PATH: Final = "/media/"

FOLDER_MARK: Final = "="
"""Begins the part of an address that is a folder. Without it a folder called `..` would be taken as
a way up, and one without a name would be left out."""

CHUNK_BYTES: Final = 64 * 1024
"""What is in memory of a file at one time."""

_TYPES: Final = {
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt",
}
"""By a key's ending. Anything else is only for saving: no page of a stranger runs here."""

_OTHER: Final = "application/octet-stream"

_RANGE: Final = re.compile(r"bytes=(?:\d+-\d*|-\d+)")
"""One range. Several at a time are allowed to be answered with the whole file."""


def media_type(key: str) -> str:
    """The type of a file, by its ending."""
    return _TYPES.get(PurePosixPath(key).suffix.lower(), _OTHER)


def address(preset: str, key: str) -> str:
    """Where the page finds a file.

    The folder is one part of the path, whatever it holds; so a playlist's relative addresses lead
    to its neighbours, and no browser rewrites `a/../b`.
    """
    folder, slash, name = key.rpartition("/")
    parts = preset, FOLDER_MARK + folder + slash, name
    return PATH + "/".join(quote(part, safe="=") for part in parts)


def preset_and_key(path: str) -> tuple[str, str] | None:
    """Read such an address; None when it is none."""
    match path.removeprefix(PATH).split("/"):
        case [preset, folder, *names] if folder.startswith(FOLDER_MARK) and names:
            key = unquote(folder.removeprefix(FOLDER_MARK)) + unquote("/".join(names))
            return unquote(preset), key
    return None


@dataclass(frozen=True)
class File:
    """One file of a rendition."""

    preset: str
    key: str
    size: int
    """Bytes."""

    def as_json(self) -> dict[str, Any]:
        """The file as the page knows it."""
        return {
            "name": self.key.rpartition("/")[2],
            "url": address(self.preset, self.key),
            "type": media_type(self.key),
            "size": self.size,
        }


def files(s3: "S3Client", preset: str, outputs: Sequence[Output]) -> list[File]:
    """Every file of a rendition that is still there: what the job named, and numbered ones.

    Raises:
        ClientError, BotoCoreError: S3 refused.
    """
    found = {}
    for output in outputs:
        size = _size(s3, output.bucket, output.key)
        if size is not None:
            found[output.key] = size
    for series in Series.of(outputs):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=series.bucket, Prefix=series.prefix
        )
        for page in pages:
            for item in page.get("Contents", []):
                if series.key.fullmatch(item["Key"]):
                    found[item["Key"]] = item["Size"]
    return [File(preset, key, size) for key, size in found.items()]


def summary(files: Iterable[File], outputs: Sequence[Output]) -> dict[str, Any]:
    """Size, duration and bitrate of a rendition as a whole; of several pictures the largest."""
    size = sum(file.size for file in files)
    milliseconds = max((output.duration_ms or 0 for output in outputs), default=0)
    largest = max(outputs, key=lambda output: output.width or 0, default=None)
    return {
        "size": size,
        "duration_ms": milliseconds or None,
        "bitrate": round(size * 8000 / milliseconds) if milliseconds else None,
        "width": largest.width if largest else None,
        "height": largest.height if largest else None,
    }


def wanted_range(header: str | None) -> str | None:
    """The range that a browser asks for, as S3 takes it; None for the whole file."""
    return header if header and _RANGE.fullmatch(header) else None


def _size(s3: "S3Client", bucket: str, key: str) -> int | None:
    try:
        return s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004
            return None
        raise
