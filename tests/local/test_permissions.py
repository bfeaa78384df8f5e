"""The emulator, which judges policies by itself, lets a role do what the table says."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.handlers import disable_signing

from local.clients import ROOT
from local.cloud import LocalCloud
from local.emulator import ACCOUNT

DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
}
"""What S3, SQS, SNS and DynamoDB call it."""

Clients = Callable[[str], Any]
"""Makes a client of a service."""


@pytest.fixture(scope="module")
def submit_job(cloud: LocalCloud) -> Clients:
    """Act as the function of 720p."""
    queue = cloud.outputs["queue_urls"]["720p"].rpartition("/")[2]
    functions = cloud.clients.client("lambda")
    [mapping] = [
        mapping
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if mapping["EventSourceArn"].endswith(f":{queue}")
    ]
    role = functions.get_function_configuration(FunctionName=mapping["FunctionArn"])["Role"]
    return acting_as(cloud, role)


@pytest.fixture(scope="module")
def reconcile(cloud: LocalCloud) -> Clients:
    """Act as the function that serves every preset."""
    name = cloud.outputs["reconcile_function"]
    settings = cloud.clients.client("lambda").get_function_configuration(FunctionName=name)
    return acting_as(cloud, settings["Role"])


def acting_as(cloud: LocalCloud, role: str) -> Clients:
    """Clients with the credentials of a role, whose trust lets the account's root in for that."""
    iam = cloud.clients.client("iam")
    name = role.rpartition("/")[2]
    trust: Any = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
    iam.update_assume_role_policy(
        RoleName=name,
        PolicyDocument=json.dumps({**trust, "Statement": [*trust["Statement"], root]}),
    )
    keys = cloud.clients.client("sts").assume_role(RoleArn=role, RoleSessionName="test")[
        "Credentials"
    ]
    credentials = (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    return partial(cloud.clients.client_of, credentials)


def is_denied(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether AWS refuses a call for want of a permission; other refusals are errors."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return True
    return False


@pytest.mark.parametrize(("preset", "denied"), [("720p", False), ("1080p", True)])
def test_submit_job_reads_the_queue_of_its_own_preset(
    cloud: LocalCloud, submit_job: Clients, preset: str, *, denied: bool
) -> None:
    """The queue of another preset is closed to it."""
    url = cloud.outputs["queue_urls"][preset]

    assert denied == is_denied(
        submit_job("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["QueueArn"]
    )


@pytest.mark.parametrize(("preset", "denied"), [("720p", False), ("1080p", True)])
def test_submit_job_sees_the_output_of_its_own_preset(
    cloud: LocalCloud, submit_job: Clients, preset: str, *, denied: bool
) -> None:
    """It lists one output bucket, and not the others."""
    bucket = cloud.outputs["output_buckets"][preset]

    assert denied == is_denied(submit_job("s3").list_objects_v2, Bucket=bucket)


def test_functions_write_into_no_bucket(
    cloud: LocalCloud, submit_job: Clients, reconcile: Clients
) -> None:
    """Neither an upload nor a rendition; reconcile reads none either."""
    buckets = [cloud.outputs["input_bucket"], *cloud.outputs["output_buckets"].values()]

    for bucket in buckets:
        for caller in (submit_job, reconcile):
            assert is_denied(caller("s3").put_object, Bucket=bucket, Key="a.mp4", Body=b"")
        assert is_denied(reconcile("s3").get_object, Bucket=bucket, Key="a.mp4")


def test_functions_delete_nothing_from_the_ledger(cloud: LocalCloud, reconcile: Clients) -> None:
    """It can be read and written; what is settled goes by itself."""
    table = cloud.outputs["ledger_table"]
    key = {"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}

    assert not is_denied(reconcile("dynamodb").get_item, TableName=table, Key=key)
    assert is_denied(reconcile("dynamodb").delete_item, TableName=table, Key=key)


def test_functions_do_not_announce_uploads(cloud: LocalCloud, submit_job: Clients) -> None:
    """Only S3 publishes on the topic."""
    topic = cloud.outputs["topic_arn"]

    assert is_denied(submit_job("sns").publish, TopicArn=topic, Message="{}")


def test_strangers_neither_upload_nor_download(cloud: LocalCloud) -> None:
    """Without credentials nothing goes in or out."""
    s3 = cloud.clients.client_of(ROOT, "s3")
    s3.meta.events.register("choose-signer.s3.*", disable_signing)

    assert is_denied(s3.put_object, Bucket=cloud.outputs["input_bucket"], Key="a.mp4", Body=b"")
    for bucket in cloud.outputs["output_buckets"].values():
        assert is_denied(s3.list_objects_v2, Bucket=bucket)
