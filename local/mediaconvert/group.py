"""What every output group of a job has to tell, whatever its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local.mediaconvert.jobs import WrittenGroup


@dataclass(frozen=True)
class OutputFile:
    """A file that is to be uploaded: where it is, where it goes, and its media type."""

    path: Path
    uri: str
    content_type: str


class Group(Protocol):
    """One output group of a job on its way."""

    @property
    def encodes(self) -> Mapping[str, list[str]]:
        """What ffmpeg is told for each output, by the path that it is written to."""

    @property
    def uris(self) -> list[str]:
        """Where the group writes whatever the input is; others must not write there."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Parameters of PutObject that the group's files have in common."""

    def collect(self, folder: Path) -> tuple[list[OutputFile], WrittenGroup]:
        """Return what was written, in the order in which it is to be uploaded.

        Args:
            folder: What the paths of `encodes` are relative to.
        """


def s3_headers(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what a group's DestinationSettings mean as parameters of PutObject."""
    s3 = settings.get("DestinationSettings", {}).get("S3Settings", {})
    headers = {}
    if "Encryption" in s3:
        headers["ServerSideEncryption"] = "AES256"
    if "StorageClass" in s3:
        headers["StorageClass"] = s3["StorageClass"]
    return headers
