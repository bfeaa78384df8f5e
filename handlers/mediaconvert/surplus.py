"""Files that an overwritten upload left beside a rendition of many files.

Segments of a playlist and stills have numbers. When a key is uploaded anew and the new video is
shorter, the last numbers of the old one remain: no playlist names them, but whoever lists the
bucket takes them for the new video's. A folder for each upload would keep them apart, but then no
rendition had an address that is known beforehand, and somebody had to delete the folders.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from handlers.ledger.rendition import Output

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

MOST_KEYS: Final = 1000
"""Objects that DeleteObjects takes in one call."""

_STILL: Final = re.compile(r"(?P<base>.+)\.\d{7}(?P<extension>\.\w+)")
_PLAYLIST: Final = re.compile(r"(?P<base>.+)\.m3u8")
_MANIFEST: Final = re.compile(r"(?P<base>.+)\.mpd")
"""Of DASH. It stands for all outputs of its group, of which events name no files: segments and
beginnings (`_000000001.cmfv`, `init.cmfv`), and in CMAF playlists. It has a folder of its own."""


@dataclass(frozen=True)
class Series:
    """The numbered files of one output."""

    bucket: str
    prefix: str
    """What all their keys begin with; those of other uploads may as well."""
    key: re.Pattern[str]
    """What exactly these keys are like."""

    @classmethod
    def of(cls, outputs: Iterable[Output]) -> Iterator[Self]:
        """Find the series of a rendition, from one object of each: a still, or a playlist."""
        for output in outputs:
            if still := _STILL.fullmatch(output.key):
                base, end = still["base"], rf"\.\d{{7}}{re.escape(still['extension'])}"
                yield cls(output.bucket, f"{base}.", re.compile(re.escape(base) + end))
            elif playlist := _PLAYLIST.fullmatch(output.key):
                base = playlist["base"]
                yield cls(output.bucket, f"{base}_", re.compile(rf"{re.escape(base)}_\d+\.\w+"))
            elif manifest := _MANIFEST.fullmatch(output.key):
                base, ends = manifest["base"], r"[^/]*(?:(?:_\d{9}|init)\.\w+|\.m3u8)"
                yield cls(output.bucket, base, re.compile(re.escape(base) + ends))


def remove_surplus(s3: "S3Client", outputs: Iterable[Output], before: int) -> int:
    """Delete what lies in the series of a rendition and is older than its job.

    Args:
        s3: The client.
        outputs: What the job wrote.
        before: Unix time in seconds, before the job was created. S3's clock and the functions' are
            AWS's both, and a job writes some seconds after it was created.

    Returns:
        How many objects were deleted.

    Raises:
        ClientError, BotoCoreError: S3 refused.
    """
    return sum(_remove(s3, series, before) for series in Series.of(outputs))


def _remove(s3: "S3Client", series: Series, before: int) -> int:
    removed = 0
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=series.bucket, Prefix=series.prefix, PaginationConfig={"PageSize": MOST_KEYS}
    )
    for page in pages:
        surplus: list[ObjectIdentifierTypeDef] = [
            {"Key": found["Key"]}
            for found in page.get("Contents", [])
            if series.key.fullmatch(found["Key"]) and found["LastModified"].timestamp() < before
        ]
        if surplus:
            s3.delete_objects(Bucket=series.bucket, Delete={"Objects": surplus, "Quiet": True})
        removed += len(surplus)
    return removed
