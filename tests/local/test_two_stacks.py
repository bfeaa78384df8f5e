"""Two stacks in one account and region do not know of each other."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local import program
from local.cloud import LocalCloud
from local.deploy import Deployer
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.local.mediaconvert import clips
from tests.waiting import eventually

ORIGINAL = "only-in-the-second.mp4"


class Listener(NamedTuple):
    """A queue that hears what a stack's rule on jobs hears."""

    fanout: str
    url: str


@pytest.fixture(scope="module")
def second(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Deploy the production example beside the dev stack; give its outputs."""
    folder = tmp_path_factory.mktemp("second")
    for ours, theirs in (
        ("Pulumi.yaml", "Pulumi.yaml"),
        ("Pulumi.prod.yaml.example", "Pulumi.prod.yaml"),
    ):
        (folder / theirs).write_bytes((PROJECT_FOLDER / ours).read_bytes())
    stack = StackConfig.load(folder, "prod")
    return program.run(PROJECT_FOLDER, stack, Deployer(cloud.clients))


def listener(cloud: LocalCloud, outputs: Mapping[str, Any]) -> Listener:
    """Listen to the rule of a stack, beside its own queue."""
    fanout = outputs["topic_arn"].rpartition(":")[2]
    sqs, events = cloud.clients.client("sqs"), cloud.clients.client("events")
    [rule] = [
        r["Name"] for r in events.list_rules()["Rules"] if fanout in r.get("EventPattern", "")
    ]
    name = f"listens-to-{fanout}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:{cloud.clients.region}:000000000000:{name}"
    events.put_targets(Rule=rule, Targets=[{"Id": "listener", "Arn": arn}])
    return Listener(fanout, url)


def heard(cloud: LocalCloud, listener: Listener) -> list[str]:
    """The fan-outs whose jobs a listener heard of, each once per event."""
    found: list[str] = []
    sqs = cloud.clients.client("sqs")
    while messages := sqs.receive_message(QueueUrl=listener.url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        found += [json.loads(m["Body"])["detail"]["userMetadata"]["fanout"] for m in messages]
    return found


def items_about(cloud: LocalCloud, outputs: Mapping[str, Any], key: str) -> list[Any]:
    """The items of a stack's ledger that name an upload."""
    pages = cloud.clients.client("dynamodb").get_paginator("scan")
    items = [i for p in pages.paginate(TableName=outputs["ledger_table"]) for i in p["Items"]]
    return [item for item in items if key in json.dumps(item)]


def test_an_upload_to_one_is_nothing_to_the_other(
    cloud: LocalCloud, second: Mapping[str, Any], tmp_path: Path
) -> None:
    """Neither its queues, nor its ledger, nor its buckets, nor its rule on jobs hear of it."""
    first = cloud.outputs
    of_first, of_second = (listener(cloud, outputs) for outputs in (first, second))
    clip = clips.video(tmp_path / "clip.mp4")
    s3 = cloud.clients.client("s3")

    s3.upload_file(str(clip), second["input_bucket"], ORIGINAL)
    told: list[str] = []

    def both_ended() -> bool:
        told.extend(heard(cloud, of_second))
        return len(told) == len(second["output_buckets"])

    eventually(both_ended, what="both renditions of the second stack")

    assert {of_second.fanout} == set(told)
    assert [] == [fanout for fanout in heard(cloud, of_first) if fanout != of_first.fanout]
    assert items_about(cloud, second, ORIGINAL)
    assert [] == items_about(cloud, first, ORIGINAL)
    stem = ORIGINAL.removesuffix(".mp4")
    for outputs, expected in ((first, 0), (second, 1)):
        for bucket in outputs["output_buckets"].values():
            assert expected == s3.list_objects_v2(Bucket=bucket, Prefix=stem)["KeyCount"]
