"""The temporary queue gets what is to be seen, and leaves nothing behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from operate.clients import Clients
from operate.stack_outputs import Stack
from operate.verify.receiver import Receiver, Undoing
from tests.operate.cloud import REGION
from tests.operate.outputs import OUTPUTS, load

REFUSED: Any = {"Error": {"Code": "AccessDenied", "Message": "Not yours"}}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack with its two topics."""
    with mock_aws():
        sns = boto3.client("sns", region_name=REGION)
        topics = {
            name: sns.create_topic(Name=name)["TopicArn"]
            for name in ("topic_arn", "completed_topic_arn")
        }
        yield load(tmp_path, json.dumps({**OUTPUTS, **topics}))


def what_there_is(clients: Clients) -> list[int]:
    """How many queues, subscriptions and rules the account has."""
    return [
        len(clients.sqs.list_queues().get("QueueUrls", [])),
        len(clients.sns.list_subscriptions()["Subscriptions"]),
        len(clients.events.list_rules()["Rules"]),
    ]


def test_everything_is_undone(stack: Stack) -> None:
    """Queue, subscriptions, rule and its target, which AWS wants removed first."""
    clients, undoing = Clients(stack), Undoing()

    Receiver(stack, clients, "run").open(undoing)
    assert [1, 2, 1] == what_there_is(clients)
    undoing.undo()

    assert [0, 0, 0] == what_there_is(clients)
    assert [] == undoing.left_behind


def test_what_was_made_before_a_refusal_is_undone(stack: Stack) -> None:
    """The second topic is gone: the queue and the first subscription do not stay."""
    clients, undoing = Clients(stack), Undoing()
    clients.sns.delete_topic(TopicArn=stack.outputs["completed_topic_arn"])

    with pytest.raises(ClientError):
        Receiver(stack, clients, "run").open(undoing)
    assert [1, 1, 0] == what_there_is(clients)
    undoing.undo()

    assert [0, 0, 0] == what_there_is(clients)


def test_it_receives_what_is_published_and_drops_what_is_no_document(stack: Stack) -> None:
    """Notices and announcements are JSON objects; anybody may publish something else."""
    clients, undoing = Clients(stack), Undoing()
    receiver = Receiver(stack, clients, "run")
    receiver.open(undoing)
    topic = stack.outputs["completed_topic_arn"]
    for message in ('{"type": "asset"}', "hello", "[1]"):
        clients.sns.publish(TopicArn=topic, Message=message)

    received = [seen.document for seen in receiver.receive()]

    assert [{}, {}, {"type": "asset"}] == sorted(received, key=len)
    assert [] == list(receiver.receive())


def test_one_refusal_does_not_keep_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """The latest is undone first; what cannot be undone is named, with the reason."""
    undone = []

    def refuse() -> None:
        raise ClientError(REFUSED, "DeleteRule")

    undoing = Undoing()
    undoing.later("the queue", lambda: undone.append("queue"))
    undoing.later("the rule", refuse)
    undoing.later("the target", lambda: undone.append("target"))

    undoing.undo()

    assert ["target", "queue"] == undone
    assert ["the rule"] == undoing.left_behind
    assert "Not removed: the rule. AWS refused DeleteRule" in capsys.readouterr().err
