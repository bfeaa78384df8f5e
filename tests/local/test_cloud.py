"""The parts of the local cloud work together, and only as they would on AWS."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.presets import resolve
from components.presets.job_settings import job_document
from handlers.names import MessageAttribute
from local.clients import Clients
from local.cloud import LocalCloud
from local.errors import EmulatorError, StackError
from local.rendition import Rendition, State
from local.resources.events import also_from_here
from local.watch import REDRIVEN_BY_SQS, Watch
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.local.mediaconvert import clips
from tests.waiting import eventually

PRESETS = ("720p", "1080p")
DENIED, UNTRUSTED = 1401, 1434
"""Job error codes."""


@pytest.fixture(scope="module")
def clip(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Upload a clip that no branch listens to; give its URI."""
    path = clips.video(tmp_path_factory.mktemp("clip") / "clip.mp4")
    bucket = cloud.outputs["input_bucket"]
    cloud.clients.client("s3").upload_file(str(path), bucket, "unheard.bin")
    return f"s3://{bucket}/unheard.bin"


def role_of(cloud: LocalCloud, preset: str) -> str:
    """The role that the jobs of a preset run as, which its function knows."""
    queue = cloud.outputs["queue_urls"][preset].rpartition("/")[2]
    functions = cloud.clients.client("lambda")
    [mapping] = [
        mapping
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if mapping["EventSourceArn"].endswith(f":{queue}")
    ]
    settings = functions.get_function_configuration(FunctionName=mapping["FunctionArn"])
    return settings["Environment"]["Variables"]["PIPELINE_ROLE_ARN"]


def run_job(
    cloud: LocalCloud, clip: str, *, role: str, pipeline: str, bucket: str, **metadata: str
) -> Mapping[str, Any]:
    """Run a job with the role, the pipeline and the output bucket of these presets."""
    [preset] = resolve([{"name": "720p"}])
    request = job_document(preset)
    request["Settings"]["Inputs"][0]["FileInput"] = clip
    group = request["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["FileGroupSettings"]
    group["Destination"] = f"s3://{cloud.outputs['output_buckets'][bucket]}/clip"
    mediaconvert = cloud.clients.client("mediaconvert")
    created = mediaconvert.create_job(
        **request,
        Queue=cloud.outputs["pipeline_arns"][pipeline],
        Role=role_of(cloud, role),
        UserMetadata={"preset": pipeline, **metadata},
    )["Job"]

    def ended() -> Mapping[str, Any] | None:
        job: Mapping[str, Any] = mediaconvert.get_job(Id=created["Id"])["Job"]
        return job if job["Status"] in {"COMPLETE", "ERROR"} else None

    return eventually(ended, what="end of the job")


class TestRoles:
    """A job may do what its role may, and no more."""

    def test_its_own_branch(self, cloud: LocalCloud, clip: str) -> None:
        """With everything of one branch a job succeeds."""
        job = run_job(cloud, clip, role="720p", pipeline="720p", bucket="720p")

        assert "COMPLETE" == job["Status"]

    def test_the_bucket_of_another_branch(self, cloud: LocalCloud, clip: str) -> None:
        """The role of one branch cannot write another's bucket."""
        job = run_job(cloud, clip, role="720p", pipeline="720p", bucket="1080p")

        assert DENIED == job["ErrorCode"]

    def test_the_pipeline_of_another_branch(self, cloud: LocalCloud, clip: str) -> None:
        """The role of one branch is not there for another's pipeline, whatever root may do."""
        job = run_job(cloud, clip, role="720p", pipeline="1080p", bucket="720p")

        assert UNTRUSTED == job["ErrorCode"]


def test_events_reach_rules(cloud: LocalCloud, clip: str) -> None:
    """A rule written for MediaConvert's events gets those of the local service."""
    sqs, events = cloud.clients.client("sqs"), cloud.clients.client("events")
    queue = sqs.create_queue(QueueName="changes")["QueueUrl"]
    arn = f"arn:aws:sqs:{cloud.clients.region}:000000000000:changes"
    pattern = {
        "source": ["aws.mediaconvert"],
        "detail-type": ["MediaConvert Job State Change"],
        "detail": {"status": ["COMPLETE"], "userMetadata": {"fanout": ["mine"]}},
    }
    events.put_rule(Name="changes", EventPattern=also_from_here(json.dumps(pattern)))
    events.put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": arn}])

    for fanout in ("other", "mine"):
        job = run_job(cloud, clip, role="720p", pipeline="720p", bucket="720p", fanout=fanout)
    [message] = eventually(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), what="event"
    )
    event = json.loads(message["Body"])

    assert [job["Arn"]] == event["resources"]
    assert job["Id"] == event["detail"]["jobId"]
    assert event["source"] == "local.mediaconvert"


class TestDeadLetters:
    """What has been given up is seen."""

    @pytest.fixture
    def rendition(self, request: pytest.FixtureRequest) -> Rendition:
        """A rendition that no job is made for."""
        key = f"{request.node.name}/a b.mp4"
        return Rendition(Path("a b.mp4"), key, "720p")

    def bury(self, cloud: LocalCloud, body: str, **attributes: str) -> None:
        """Put a message into the dead-letter queue."""
        cloud.clients.client("sqs").send_message(
            QueueUrl=cloud.outputs["dead_letter_queue_urls"]["720p"],
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )

    def notice(self, key: str) -> str:
        """Write S3's notice of an upload."""
        encoded = key.replace(" ", "+")
        s3 = {
            "bucket": {"name": "in"},
            "object": {"key": encoded, "size": 1, "eTag": "e", "versionId": "v"},
        }
        record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}
        return json.dumps({"Records": [record]})

    def test_with_a_reason(self, cloud: LocalCloud, rendition: Rendition) -> None:
        """A dead letter ends its rendition with the code and the reason that it carries."""
        watch = Watch(cloud.clients, cloud.outputs)
        self.bury(cloud, "no notice of S3")
        self.bury(
            cloud,
            self.notice(rendition.key),
            **{MessageAttribute.CODE: "ConflictException", MessageAttribute.REASON: "Because."},
        )

        sight = eventually(lambda: watch.look([rendition]).get(rendition), what="dead letter")

        assert State.ERROR is sight.state
        assert sight.failure
        assert ("ConflictException", "Because.") == (sight.failure.code, sight.failure.message)

    def test_without_a_reason(self, cloud: LocalCloud, rendition: Rendition) -> None:
        """SQS's own redrive carries none, and is told as what it is."""
        watch = Watch(cloud.clients, cloud.outputs)
        self.bury(cloud, self.notice(rendition.key))

        sight = eventually(lambda: watch.look([rendition]).get(rendition), what="dead letter")

        assert sight.failure
        assert REDRIVEN_BY_SQS == sight.failure.code


def test_the_environment_is_all_that_is_needed(cloud: LocalCloud) -> None:
    """Another process reaches both services with the environment alone."""
    look = "import boto3; print(boto3.client({!r}).{}())"
    program = "\n".join(
        [look.format("s3", "list_buckets"), look.format("mediaconvert", "list_queues")]
    )

    done = subprocess.run(  # noqa: S603 -- a list of arguments
        [sys.executable, "-c", program],
        env={"PATH": os.defpath, **cloud.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    buckets, queues = done.stdout.splitlines()

    assert cloud.outputs["input_bucket"] in buckets
    for preset in PRESETS:
        assert cloud.outputs["pipeline_arns"][preset] in queues


def test_outputs(cloud: LocalCloud) -> None:
    """The outputs are plain values, by preset where there is one per preset."""
    json.dumps(dict(cloud.outputs))

    for name in ("output_buckets", "queue_urls", "dead_letter_queue_urls", "pipeline_arns"):
        assert set(PRESETS) == set(cloud.outputs[name])


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Watch the folder in which temporary folders are made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_stack_that_cannot_work(temporary: Path) -> None:
    """A wrong preset ends the start with a sentence, and leaves nothing behind."""
    dev = StackConfig.load(PROJECT_FOLDER, "dev")
    presets = {"videoconverter:presets": [{"name": "721p"}]}
    wrong = StackConfig(dev.project, "wrong", {**dev.config, **presets})

    with pytest.raises(StackError, match="721p"), LocalCloud(wrong):
        pass

    assert [] == list(temporary.iterdir())


def test_an_emulator_that_does_not_start(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error holds the end of the emulator's log, and nothing is left behind."""
    monkeypatch.setattr("local.emulator.APPLICATION", "ministack.app:missing")

    with (
        pytest.raises(EmulatorError, match=r"(?s)missing.*ended with exit code"),
        LocalCloud(StackConfig.load(PROJECT_FOLDER, "dev")),
    ):
        pass

    assert [] == list(temporary.iterdir())


def test_clients_are_made_once(aws: Clients) -> None:
    """Every thread gets the same client of a service."""
    assert aws.client("s3") is aws.client("s3")
