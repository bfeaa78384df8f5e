"""Reads the books of a cloud: from the ledger, MediaConvert, S3, and what people are told."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handlers.events import read_uploads
from handlers.ledger import Ledger
from handlers.mediaconvert.output_groups import bucket_and_key, expected_outputs
from handlers.names import JobMetadata
from handlers.settings import FanoutSettings
from local.cloud import LocalCloud
from tests.chaos.books import Books, Job, Letter, Object, Place
from tests.chaos.by_hand import Operator
from tests.chaos.clip_shelf import pictures_of
from tests.chaos.inbox import take
from tests.chaos.uploads import Uploads


def read_books(
    cloud: LocalCloud, uploads: Uploads, operator: Operator, announcements: Sequence[str]
) -> Books:
    """Read everything that is to be accounted for; takes the dead letters.

    Args:
        cloud: the cloud, at rest.
        uploads: that were made.
        operator: what was done by hand.
        announcements: bodies of what came from the completed topic.
    """
    presets = sorted(cloud.outputs["queue_urls"])
    ledger = Ledger.open(cloud.clients.client("dynamodb"), _settings(cloud))
    assets = [ledger.assets.get(upload.digest) for upload in uploads.made]
    return Books(
        uploads=uploads.made,
        presets=presets,
        pictures={digest: file.pictures for digest, file in uploads.files.items()},
        renditions={
            (upload.digest, rendition.preset): rendition
            for upload in uploads.made
            for rendition in ledger.renditions.of_upload(upload.digest)
        },
        revisions={asset.upload.digest: asset.revision for asset in assets if asset},
        jobs=list(_jobs(cloud)),
        letters=list(_letters(cloud)),
        announcements=[json.loads(body) for body in announcements],
        objects=dict(_objects(cloud)),
        redriven=frozenset(operator.redriven),
        canceled=frozenset(operator.canceled),
    )


def _settings(cloud: LocalCloud) -> FanoutSettings:
    return FanoutSettings(
        fanout=cloud.outputs["topic_arn"].rpartition(":")[-1],
        ledger_table=cloud.outputs["ledger_table"],
        ledger_retention_days=90,
        completed_topic_arn=cloud.outputs["completed_topic_arn"],
    )


def _jobs(cloud: LocalCloud) -> Iterator[Job]:
    pages = cloud.clients.client("mediaconvert").get_paginator("list_jobs").paginate()
    for page in pages:
        for job in page["Jobs"]:
            metadata = job["UserMetadata"]
            [uri] = expected_outputs(job["Settings"])
            yield Job(
                id=job["Id"],
                slot=(metadata[JobMetadata.UPLOAD], metadata[JobMetadata.PRESET]),
                attempt=int(metadata[JobMetadata.ATTEMPT]),
                status=job["Status"],
                place=bucket_and_key(uri or ""),
                error=str(job["ErrorCode"]) if "ErrorCode" in job else None,
            )


def _letters(cloud: LocalCloud) -> Iterator[Letter]:
    for preset, url in cloud.outputs["dead_letter_queue_urls"].items():
        for message in take(cloud.clients, url):
            attributes: Mapping[str, Any] = message.get("MessageAttributes", {})
            [upload] = read_uploads(message["Body"])
            yield Letter(
                slot=(upload.digest, preset),
                attributes={name: value["StringValue"] for name, value in attributes.items()},
            )


def _objects(cloud: LocalCloud) -> Iterator[tuple[Place, Object]]:
    s3 = cloud.clients.client("s3")
    for bucket in cloud.outputs["output_buckets"].values():
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                content = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                yield (bucket, entry["Key"]), Object(len(content), pictures_of(content))
