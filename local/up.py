"""`python -m local up`: the local cloud, for as long as the user wants it."""

import json
import shlex
import sys
import time
from typing import Any, Final

from components.suffixes import case_forms
from local import interrupts
from local.background import exports
from local.cloud import LocalCloud
from local.controls import LocalControls
from local.ports import Ports
from operate.page.board import Board
from operate.page.server import PageServer
from operate.stack_config import StackConfig
from operate.stack_outputs import Stack

PAGE_SECONDS: Final = 0.7
"""Between two looks for the page. One takes some 0.1 s of a processor that is busy encoding."""

CHECK_SECONDS: Final = 1.0
"""Between two looks whether the emulator still runs."""


def up(stack: StackConfig, *, ports: Ports, as_json: bool) -> None:
    """Deploy, say where everything is, and stay until interrupted.

    Args:
        stack: what to deploy.
        ports: where to listen.
        as_json: print JSON instead of text.

    Raises:
        EmulatorError: the emulator is gone.
    """
    interrupts.on_exit(str)
    with (
        LocalCloud(stack, port=ports.aws, mediaconvert_port=ports.mediaconvert) as cloud,
        page(cloud, stack, ports.page) as server,
    ):
        facts = {**reach(cloud), "page": server.url}
        sys.stdout.write((json.dumps(facts) if as_json else text(cloud, server.url)) + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(CHECK_SECONDS)
            cloud.check()


def page(cloud: LocalCloud, stack: StackConfig, port: int) -> PageServer:
    """Serve the page of a local cloud, with everything that it can do.

    Raises:
        OSError: the port is taken, or not for this user.
    """
    deployed = Stack.from_document(reach(cloud), "the local cloud")
    # A program of one's own may say its suffixes itself; then any file may be tried.
    suffixes = case_forms(stack.value("suffixes")) if stack.has("suffixes") else ("",)
    controls = LocalControls(cloud, deployed, suffixes)
    board = Board.of(deployed, "the local cloud", controls)
    return PageServer(board, port=port, seconds=PAGE_SECONDS)


def reach(cloud: LocalCloud) -> dict[str, Any]:
    """Where a cloud is and what is in it. The members are an interface: other tools read them."""
    return {
        "endpoint": cloud.environment["AWS_ENDPOINT_URL"],
        "mediaconvert_endpoint": cloud.environment["AWS_ENDPOINT_URL_MEDIACONVERT"],
        "environment": dict(cloud.environment),
        "outputs": dict(cloud.outputs),
    }


def text(cloud: LocalCloud, page_url: str) -> str:
    """What people read: one screen, with lines to paste into another terminal."""
    return f"""\
The local cloud is up. Ctrl-C ends it and removes everything in it.

  Page  {page_url}
  AWS   {cloud.environment["AWS_ENDPOINT_URL"]}
  Log   {cloud.log}

Paste this into another terminal; `eval "$(python -m local up --shell)"` does it in one.

{exports(cloud.environment)}

Then, with the AWS CLI: upload a video, list its renditions, read what is announced.

{examples(cloud)}"""


def examples(cloud: LocalCloud) -> str:
    """Commands of the AWS CLI that work when they are pasted.

    Its version 1 does not take the address of SQS from the environment, so it is on the line.
    """
    outputs = cloud.outputs
    renditions = next(iter(outputs["output_buckets"].values()))
    topic: str = outputs["completed_topic_arn"]
    inbox = f"{topic.replace(':sns:', ':sqs:').rpartition(':')[0]}:inbox"
    url = f"$AWS_ENDPOINT_URL/{inbox.split(':')[4]}/inbox"
    attributes = json.dumps({"Policy": json.dumps(_may_send(topic, inbox))})
    sqs = "aws sqs --endpoint-url $AWS_ENDPOINT_URL"
    return f"""\
aws s3 cp video.mp4 s3://{outputs["input_bucket"]}/
aws s3 ls --recursive s3://{renditions}/
{sqs} create-queue --queue-name inbox --attributes {shlex.quote(attributes)}
aws sns subscribe --topic-arn {topic} --protocol sqs --notification-endpoint {inbox}
{sqs} receive-message --wait-time-seconds 20 --queue-url {url}"""


def _may_send(topic: str, queue: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
