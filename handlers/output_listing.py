"""Which of many objects a bucket lacks, by its listing: a thousand names a call.

To ask for the names takes `s3:ListBucket` alone; to ask for each object would take the right to
read it, and a call each.
"""

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from handlers.pauses import Pauses

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def missing(s3: "S3Client", bucket: str, keys: Collection[str], pauses: Pauses) -> set[str]:
    """Find the keys that a bucket has no object of.

    S3 lists names in the order of their UTF-8, which is Python's of text. So each page settles all
    wanted keys up to its last name, and the next page begins at the first one beyond.

    Args:
        s3: The client.
        bucket: The bucket's name.
        keys: What is wanted; none is empty.
        pauses: Waits while S3 refuses, and knows how much time there is.

    Raises:
        OutOfTimeError: It takes longer than that.
        ClientError, BotoCoreError: S3 refused.
    """
    wanted = sorted(set(keys), reverse=True)
    lacking = set()
    last = ""
    while wanted:
        after = max(last, _just_before(wanted[-1]))
        page = pauses.patiently(partial(s3.list_objects_v2, Bucket=bucket, StartAfter=after))
        names = {listed["Key"] for listed in page.get("Contents", [])}
        last = max(names, default=last)
        while wanted and (wanted[-1] <= last or not page["IsTruncated"]):
            key = wanted.pop()
            if key not in names:
                lacking.add(key)
        if wanted:
            pauses.need_time()
    return lacking


def _just_before(key: str) -> str:
    """Name a key with nothing to speak of between it and this one: `a.mp3` for `a.mp4`."""
    return key[:-1] + chr(ord(key[-1]) - 1)
