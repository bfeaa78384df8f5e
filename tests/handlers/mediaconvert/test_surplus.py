"""Files that are left over when a shorter video takes a longer one's place."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from handlers.ledger.rendition import Output
from handlers.mediaconvert.surplus import remove_surplus

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LATER = 3600
"""Seconds."""


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    """Moto's S3 with an output bucket."""
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(
            Bucket="out", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield client


def left(s3: "S3Client", keys: list[str], output: str, *, before: float) -> list[str]:
    """What is left of keys when the surplus of a rendition was removed."""
    for key in keys:
        s3.put_object(Bucket="out", Key=key)
    remove_surplus(s3, [Output(bucket="out", key=output)], round(before))
    return [each["Key"] for each in s3.list_objects_v2(Bucket="out").get("Contents", [])]


@pytest.mark.parametrize(
    ("output", "series", "others"),
    [
        (
            "a-hls/index-720p.m3u8",
            ["a-hls/index-720p_00001.ts", "a-hls/index-720p_00012.ts"],
            [
                "a-hls/index-1080p_00001.ts",
                "a-hls/index-720p.m3u8",
                "a-hls/index-720p_00001.ts/b-hls/index-720p_00001.ts",
                "a-hls/index-720p_old.ts",
                "a-hls/index.m3u8",
            ],
        ),
        (
            "a-stills.0000003.jpg",
            ["a-stills.0000000.jpg", "a-stills.0000001.jpg"],
            [
                "a-stills.0000001.png",
                "a-stills.00000010.jpg",
                "a-stills.mp4",
                "a-stills.x-stills.0000001.jpg",
                "a-stills_poster.0000001.jpg",
            ],
        ),
        (
            "a-both/index.mpd",
            [
                "a-both/index-720p.m3u8",
                "a-both/index-720p_000000001.cmfv",
                "a-both/index-audio_000000012.cmfa",
                "a-both/index-audioinit.cmfa",
            ],
            [
                "a-both/index-720p_000000001.cmfv/b-both/index-720p_000000001.cmfv",
                "a-both/index-720p_old.cmfv",
                "a-both/index.mpd",
                "a-both/notes.m3u8",
                "a-other/index-720p_000000001.cmfv",
            ],
        ),
        ("a-720p.mp4", [], ["a-720p.0000001.jpg", "a-720p.mp4", "a-720p_00001.ts"]),
    ],
    ids=["playlist", "stills", "manifest", "file"],
)
def test_only_the_numbered_files_of_the_rendition_go(
    output: str, series: list[str], others: list[str], s3: "S3Client"
) -> None:
    """Whatever else begins with the same letters is of another size, or of another upload."""
    assert others == left(s3, [*series, *others], output, before=time.time() + LATER)


def test_what_the_rendition_itself_wrote_stays(s3: "S3Client") -> None:
    """Files that are not older than its job are its own, or of a job that is newer still."""
    keys = ["a-stills.0000000.jpg", "a-stills.0000001.jpg"]

    assert keys == left(s3, keys, "a-stills.0000001.jpg", before=time.time() - LATER)


def test_more_files_than_one_call_takes_all_go(s3: "S3Client") -> None:
    """A film of an hour has more segments than DeleteObjects takes keys."""
    keys = [f"a/index_{number:05}.ts" for number in range(1001)]

    assert [] == left(s3, keys, "a/index.m3u8", before=time.time() + LATER)
