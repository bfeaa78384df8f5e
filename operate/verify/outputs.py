"""Compares what a job was asked to write with the objects in the output bucket."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from av.error import FFmpegError

from handlers.mediaconvert.output_groups import (
    bucket_and_key,
    group_settings,
    playlists,
)
from operate.verify.facts import OutputFile
from operate.verify.streams import NUMBERED, Streams, expected_streams, read_streams

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

READABLE_GROUPS: Final = frozenset(
    {"FILE_GROUP_SETTINGS", "HLS_GROUP_SETTINGS", "CMAF_GROUP_SETTINGS"}
)
"""Types of output groups whose files can be read one by one."""

EXTENSIONS: Final = {"M3U8": "ts", "RAW": "jpg", "MP4": "mp4"}
"""The extension that MediaConvert adds if an output names none, by container."""


def read_outputs(s3: "S3Client", job: Mapping[str, Any], source: Streams) -> Iterator[OutputFile]:
    """Look at a file of each output, and at each playlist.

    Files are downloaded one at a time to a temporary folder; of stills and segments, only the first
    is read, and of CMAF the `init` file, which tells what is in the track.

    Args:
        s3: The client.
        job: A complete job, as GetJob returned it.
        source: The streams of its input.

    Raises:
        ClientError, BotoCoreError: S3 refused.
    """
    for group in job["Settings"]["OutputGroups"]:
        bucket, beginning = bucket_and_key(group_settings(group)["Destination"])
        sizes = {
            item["Key"]: item["Size"]
            for page in s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=beginning
            )
            for item in page.get("Contents", [])
        }
        kind = group["OutputGroupSettings"]["Type"]
        for main_file in playlists(group):
            size = sizes.get(bucket_and_key(main_file)[1], 0)
            yield OutputFile(uri=main_file, size=size, expected=None, found=None)
        for output in group["Outputs"] if kind in READABLE_GROUPS else ():
            pattern = _pattern(beginning, output)
            key = next(filter(pattern.fullmatch, sorted(sizes)), None)
            if key is None:
                uri = f"s3://{bucket}/{beginning}{output.get('NameModifier', '')}"
                yield OutputFile(uri=uri, size=0, expected=None, found=None)
                continue
            yield OutputFile(
                uri=f"s3://{bucket}/{key}",
                size=sizes[key],
                expected=expected_streams(output, source),
                found=_streams(s3, bucket, key),
            )


def _pattern(beginning: str, output: Mapping[str, Any]) -> re.Pattern[str]:
    """The pattern of the keys of an output's files."""
    container = output["ContainerSettings"]["Container"]
    stem = re.escape(f"{beginning}{output.get('NameModifier', '')}")
    extension = output.get("Extension") or EXTENSIONS.get(container)
    ending = re.escape(extension) if extension else r"\w+"
    return re.compile(f"{stem}{NUMBERED.get(container, re.escape('.'))}{ending}")


def _streams(s3: "S3Client", bucket: str, key: str) -> Streams | None:
    with tempfile.TemporaryDirectory(prefix="videoconverter-verify-") as folder:
        path = Path(folder) / "output"
        s3.download_file(bucket, key, str(path))
        try:
            return read_streams(path)
        except FFmpegError:
            return None
