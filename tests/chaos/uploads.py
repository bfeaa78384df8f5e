"""The uploads of a run: made, in their order, and what S3 made of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING

from handlers.upload import Upload
from local.cloud import LocalCloud
from tests.chaos.clip_shelf import File
from tests.chaos.plan import Planned

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class Uploads:
    """Makes uploads, and knows those that it has made.

    Attributes:
        made: in their order.
        files: what was uploaded, by the upload's digest.
        newest: the newest upload of each key.
        unnoticed: digests of those that S3 told nobody about.
    """

    def __init__(self, contents: Mapping[File, bytes]) -> None:
        """Start without any.

        Args:
            contents: of the files.
        """
        self._contents = contents
        self._labels: dict[str, str] = {}
        self._lock = Lock()
        self.made: list[Upload] = []
        self.files: dict[str, File] = {}
        self.newest: dict[str, Upload] = {}
        self.unnoticed: set[str] = set()

    def make(self, cloud: LocalCloud, planned: Planned) -> None:
        """Upload a file to a cloud."""
        bucket = cloud.outputs["input_bucket"]
        content = self._contents[planned.file]
        s3 = cloud.clients.client("s3")
        with nullcontext() if planned.is_noticed else _silence(s3, bucket):
            answer = s3.put_object(Bucket=bucket, Key=planned.key, Body=content)
        upload = Upload(
            bucket=bucket,
            key=planned.key,
            version_id=answer["VersionId"],
            etag=answer["ETag"].strip('"'),
            sequencer=None,
            size=len(content),
        )
        with self._lock:
            self._labels[upload.digest] = f"{planned.key} #{planned.file.version}"
            self.made.append(upload)
            self.files[upload.digest] = planned.file
            self.newest[upload.key] = upload
            if not planned.is_noticed:
                self.unnoticed.add(upload.digest)

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
