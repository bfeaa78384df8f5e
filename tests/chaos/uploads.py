"""What is uploaded, in which order, and what S3 made of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from handlers.upload import Upload
from local.cloud import LocalCloud
from tests.chaos.chance import chance
from tests.chaos.clip_shelf import NO_VIDEOS, VIDEOS
from tests.chaos.hostile_keys import hostile_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

RE_UPLOADED = 0.1
"""Share of uploads whose key was uploaded before."""

NO_VIDEO = 0.06
"""Share of uploads that are no video."""


UNNOTICED = 0.03
"""Share of uploads that S3 tells nobody about. Their keys are not uploaded again: of two versions
in a bucket's listing only the newer one can be missed."""


@dataclass(frozen=True)
class Planned:
    """An upload that is still to be made."""

    key: str
    file: str
    is_noticed: bool


def plan(seed: int, count: int) -> Iterator[Planned]:
    """Plan so many uploads."""
    random = chance(seed, "uploads")
    keys: list[str] = []
    for number in range(count):
        file = random.choice(NO_VIDEOS if random.random() < NO_VIDEO else VIDEOS)
        if random.random() < UNNOTICED:
            yield Planned(hostile_key(number), file, is_noticed=False)
        elif keys and random.random() < RE_UPLOADED:
            yield Planned(random.choice(keys), file, is_noticed=True)
        else:
            keys.append(hostile_key(number))
            yield Planned(keys[-1], file, is_noticed=True)


class Uploads:
    """Makes uploads, and knows those that it has made.

    Attributes:
        made: in their order.
        unnoticed: how many of them S3 told nobody about.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Start without any.

        Args:
            files: contents by name.
        """
        self._files = files
        self._labels: dict[str, str] = {}
        self._times: Counter[str] = Counter()
        self._lock = Lock()
        self.made: list[Upload] = []
        self.unnoticed = 0

    def make(self, cloud: LocalCloud, planned: Planned) -> None:
        """Upload a file to a cloud."""
        bucket = cloud.outputs["input_bucket"]
        content = self._files[planned.file]
        s3 = cloud.clients.client("s3")
        with nullcontext() if planned.is_noticed else _silence(s3, bucket):
            answer = s3.put_object(Bucket=bucket, Key=planned.key, Body=content)
        self.unnoticed += not planned.is_noticed
        upload = Upload(
            bucket=bucket,
            key=planned.key,
            version_id=answer["VersionId"],
            etag=answer["ETag"].strip('"'),
            sequencer=None,
            size=len(content),
        )
        with self._lock:
            self._times[planned.key] += 1
            self._labels[upload.digest] = f"{planned.key} #{self._times[planned.key]}"
            self.made.append(upload)

    def label(self, digest: str) -> str:
        """Name an upload so that it has the same name in every run with the same plan.

        Raises:
            KeyError: S3 has not answered yet.
        """
        with self._lock:
            return self._labels[digest]


@contextmanager
def _silence(s3: "S3Client", bucket: str) -> Iterator[None]:
    """Keep S3 from telling anybody about a bucket."""
    told = s3.get_bucket_notification_configuration(Bucket=bucket)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    yield
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"TopicConfigurations": told["TopicConfigurations"]},
    )
