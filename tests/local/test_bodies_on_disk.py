"""With bodies in files, S3 answers what MiniStack alone answers."""

import base64
import hashlib
import io
import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from local.clients import Clients
from local.emulated.body import CHUNK_BYTES
from local.emulator import ACCOUNT, Emulator
from tests.local.conftest import clients_of, running
from tests.processes import PROC, tree
from tests.waiting import eventually

MINISTACK: Final = "ministack.app:app"
"""The emulator alone."""

BYTES: Final = bytes(range(251)) * (10 * CHUNK_BYTES // 251)
"""An upload that is too large to be kept in memory, of ten chunks."""

PART_BYTES: Final = 5 * 1024**2
"""The least that a part may have, but the last."""


FILM_BYTES: Final = 128 * 1024**2
"""A film next to which what the emulator needs anyway is little."""


@dataclass(frozen=True)
class Place:
    """A versioned bucket of an emulator, and a queue that hears of its uploads."""

    emulator: Emulator
    aws: Clients
    queue: str
    bucket: str = "films"

    @property
    def s3(self) -> Any:
        """The client of its account."""
        return self.aws.client("s3")

    def notice(self) -> Mapping[str, Any]:
        """What S3 says of the next upload, without what differs each time."""
        sqs = self.aws.client("sqs")
        [message] = eventually(
            lambda: sqs.receive_message(QueueUrl=self.queue).get("Messages"), what="notice"
        )
        sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        [record] = json.loads(message["Body"])["Records"]
        told = record["s3"]["object"]
        assert told.pop("versionId")
        told.pop("sequencer")
        return {"event": record["eventName"], **told}


def _place(emulator: Emulator) -> Place:
    aws = clients_of(emulator)
    # botocore repeats what a wrong digest was refused for, with pauses of seconds.
    with patch.dict(os.environ, {"AWS_MAX_ATTEMPTS": "1"}):
        sqs, s3 = aws.client("sqs"), aws.client("s3")
    queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    s3.create_bucket(
        Bucket=Place.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket=Place.bucket, VersioningConfiguration={"Status": "Enabled"})
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={
            "Policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "s3.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": arn,
                        }
                    ],
                }
            )
        },
    )
    s3.put_bucket_notification_configuration(
        Bucket=Place.bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    place = Place(emulator, aws, queue)
    sqs.purge_queue(QueueUrl=queue)
    return place


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The emulator as the local cloud runs it."""
    with running(tmp_path_factory.mktemp("here")) as emulator:
        yield _place(emulator)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """MiniStack as it is."""
    with running(tmp_path_factory.mktemp("alone"), application=MINISTACK) as emulator:
        yield _place(emulator)


Scenario = Callable[[Place], object]


def in_one_request(place: Place) -> object:
    """PutObject, and everything that can be read of it."""
    put = place.s3.put_object(
        Bucket=place.bucket, Key="one.mp4", Body=BYTES, ContentType="video/mp4", Metadata={"a": "b"}
    )
    return _facts(put), place.notice(), _read(place, "one.mp4")


def from_a_stream(place: Place) -> object:
    """An upload in chunks with its checksum behind them, as boto3 sends a stream."""
    put = place.s3.put_object(
        Bucket=place.bucket, Key="stream.mp4", Body=io.BytesIO(BYTES), ChecksumAlgorithm="SHA256"
    )
    return _facts(put), place.notice(), _read(place, "stream.mp4")


def in_parts(place: Place) -> object:
    """A multipart upload of three parts, the last one small."""
    body = io.BytesIO((BYTES * 5)[: 2 * PART_BYTES + 100])
    config = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES)
    place.s3.upload_fileobj(body, place.bucket, "parts.mp4", Config=config)
    second = place.s3.get_object(Bucket=place.bucket, Key="parts.mp4", PartNumber=2)
    attributes = place.s3.get_object_attributes(
        Bucket=place.bucket, Key="parts.mp4", ObjectAttributes=["ETag", "ObjectSize", "ObjectParts"]
    )
    return (
        place.notice(),
        _read(place, "parts.mp4"),
        (second["ContentLength"], second["PartsCount"], _digest(second["Body"].read())),
        (attributes["ETag"], attributes["ObjectSize"], attributes["ObjectParts"]),
    )


def copied(place: Place) -> object:
    """A copy, and a part of another upload that is a copy of a range."""
    source = {"Bucket": place.bucket, "Key": "source.mp4"}
    place.s3.put_object(**source, Body=BYTES)
    first = place.notice()
    place.s3.copy_object(Bucket=place.bucket, Key="copy.mp4", CopySource=source)
    second = place.notice()
    goal = {"Bucket": place.bucket, "Key": "range.mp4"}
    upload = place.s3.create_multipart_upload(**goal)["UploadId"]
    part = place.s3.upload_part_copy(
        **goal, UploadId=upload, PartNumber=1, CopySource=source, CopySourceRange="bytes=5-1000004"
    )["CopyPartResult"]
    place.s3.complete_multipart_upload(
        **goal,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    return first, second, place.notice(), _read(place, "copy.mp4"), _read(place, "range.mp4")


def overwritten(place: Place) -> object:
    """A second version; the first one stays readable, also behind a delete marker."""
    key = {"Bucket": place.bucket, "Key": "twice.mp4"}
    old = place.s3.put_object(**key, Body=BYTES)["VersionId"]
    place.s3.put_object(**key, Body=BYTES[1:])
    place.s3.delete_object(**key)
    page = place.s3.list_object_versions(Bucket=place.bucket, Prefix=key["Key"])
    body = place.s3.get_object(**key, VersionId=old)["Body"].read()
    return (
        # Notices come in any order.
        sorted((place.notice(), place.notice()), key=str),
        [(each["Size"], each["ETag"], each["IsLatest"]) for each in page["Versions"]],
        len(page["DeleteMarkers"]),
        _digest(body),
    )


def refused(place: Place) -> object:
    """Wrong digests, a failed precondition, a missing bucket: nothing is stored."""
    key = {"Bucket": place.bucket, "Key": "refused.mp4", "Body": BYTES}
    wrong = base64.b64encode(hashlib.md5(b"", usedforsecurity=False).digest()).decode()
    return (
        [
            _code(place.s3.put_object, **key, ContentMD5=wrong),
            _code(place.s3.put_object, **key, ChecksumCRC32="AAAAAA=="),
            _code(place.s3.put_object, **key, ChecksumSHA256=base64.b64encode(bytes(32)).decode()),
            _code(place.s3.put_object, **{**key, "Bucket": "nowhere-at-all"}),
        ],
        place.s3.list_objects_v2(Bucket=place.bucket, Prefix="refused")["KeyCount"],
    )


def by_url(place: Place) -> object:
    """A presigned URL takes an upload; with another key it does not, nor does no signature."""
    url = place.s3.generate_presigned_url(
        "put_object", Params={"Bucket": place.bucket, "Key": "url.mp4"}
    )
    answers = [
        _put(place, each) for each in (url, url.replace("url.mp4", "no.mp4"), url.split("?")[0])
    ]
    return answers, place.notice(), _read(place, "url.mp4")


def without_permission(place: Place) -> object:
    """A role that may only read writes nothing; one that may write does."""
    return [
        _code(
            _s3_of_role(place, action).put_object, Bucket=place.bucket, Key="role.mp4", Body=BYTES
        )
        for action in ("s3:GetObject", "s3:PutObject")
    ], place.notice()


SCENARIOS = [
    in_one_request,
    from_a_stream,
    in_parts,
    copied,
    overwritten,
    refused,
    by_url,
    without_permission,
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_answers_what_ministack_answers(scenario: Scenario, here: Place, alone: Place) -> None:
    """Sizes, ETags, versions, checksums, notices and refusals are those of MiniStack alone."""
    assert scenario(alone) == scenario(here)


def test_bodies_are_in_files(here: Place) -> None:
    """An upload takes disk as long as a version of it is there, and memory never."""
    before = set(_files(here))
    version = here.s3.put_object(Bucket=here.bucket, Key="disk.mp4", Body=BYTES)["VersionId"]
    here.notice()

    [file] = set(_files(here)) - before
    assert file.stat().st_size >= len(BYTES)

    here.s3.delete_object(Bucket=here.bucket, Key="disk.mp4", VersionId=version)
    eventually(lambda: not file.exists(), what="end of the file")


def test_what_is_small_is_in_no_file(here: Place) -> None:
    """Small bodies do not become files."""
    before = set(_files(here))
    here.s3.put_object(Bucket=here.bucket, Key="small.mp4", Body=b"small")
    here.notice()

    assert before == set(_files(here))


@pytest.mark.skipif(not (PROC / "self" / "status").exists(), reason="looks into /proc")
def test_memory(here: Place, tmp_path: Path) -> None:
    """A film that is uploaded, in parts or at once, and read takes a fraction of its memory."""
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(FILM_BYTES)
    before = _peak_memory(here)

    for threshold in (PART_BYTES, 2 * FILM_BYTES):
        config = TransferConfig(multipart_threshold=threshold)
        here.s3.upload_file(str(film), here.bucket, "memory.mp4", Config=config)
        here.s3.download_file(here.bucket, "memory.mp4", str(tmp_path / "back.mp4"))
        assert FILM_BYTES == here.notice()["size"]

    assert _peak_memory(here) - before < FILM_BYTES / 2


def _peak_memory(place: Place) -> int:
    """The most that an emulator has held so far, in bytes."""
    folder = os.fsencode(place.emulator.log.parent)
    [pid] = [
        process.pid
        for process in tree(os.getpid())
        if folder in (PROC / str(process.pid) / "cmdline").read_bytes()
    ]
    status = (PROC / str(pid) / "status").read_text()
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak) * 1024


def _files(place: Place) -> Iterator[Path]:
    return place.emulator.log.parent.glob("body-*")


def _facts(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is the same each time."""
    passing = {"ResponseMetadata", "VersionId", "LastModified", "Body"}
    return {name: value for name, value in answer.items() if name not in passing}


def _read(place: Place, key: str) -> object:
    """Everything that S3 tells of an object."""
    where = {"Bucket": place.bucket, "Key": key}
    whole = place.s3.get_object(**where, ChecksumMode="ENABLED")
    some = place.s3.get_object(**where, Range="bytes=70000-1100000")
    last = place.s3.get_object(**where, Range="bytes=-10")
    page = place.s3.list_objects_v2(Bucket=place.bucket, Prefix=key)
    return (
        _facts(place.s3.head_object(**where)),
        _facts(whole),
        _digest(whole["Body"].read()),
        _facts(some),
        _digest(some["Body"].read()),
        last["Body"].read(),
        _code(place.s3.get_object, **where, Range="bytes=99999999-"),
        [(each["Size"], each["ETag"]) for each in page["Contents"]],
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _code(call: Callable[..., object], **parameters: Any) -> str:
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "accepted"


def _put(place: Place, url: str) -> int:
    context = ssl.create_default_context(cafile=str(place.emulator.ca_bundle))
    headers = {"Content-Type": "video/mp4"}
    request = Request(url, data=BYTES, headers=headers, method="PUT")  # noqa: S310 -- the emulator's own address
    try:
        with urlopen(request, context=context) as answer:  # noqa: S310 -- the same
            return int(answer.status)
    except HTTPError as error:
        return error.code


def _s3_of_role(place: Place, action: str) -> Any:
    iam, name = place.aws.client("iam"), action.replace(":", "-")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    may = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{place.bucket}/*"}
        ],
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=json.dumps(may))
    keys = place.aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")[
        "Credentials"
    ]
    return place.aws.client_of(
        (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]), "s3"
    )
