"""`verify` in the local cloud: nothing differs there, and every fault is told at its own line."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.mediaconvert.http_server import HttpServer
from local.mediaconvert.wire import Answer
from operate.__main__ import main
from operate.clients import Clients
from operate.stack_config import PROJECT_FOLDER, StackConfig
from operate.stack_outputs import Stack
from operate.suffixes import listened_suffixes
from operate.verify.checks import CHECKS, judge
from operate.verify.permissions import operator_policy
from operate.verify.receiver import NAME_PREFIX
from operate.verify.trial import Order, Trial
from tests.local.mediaconvert import clips

Document = Mapping[str, Any]
Meddle = Callable[[dict[str, Any]], dict[str, Any] | None]
Verdicts = dict[str, str]

PATIENCE = 10.0
"""Seconds without news: what is missing is missing after that, on a machine under load as well."""

PRESETS = [{"name": "720p"}, {"name": "hls", "kind": "hls", "ladder": ["240p", "360p"]}]
OTHER_ROLE = "arn:aws:iam::000000000000:role/another"


class MeddledCloud(LocalCloud):
    """A local cloud whose events can be spoiled, by the prefix of the keys that they tell of."""

    def __init__(self, stack: StackConfig) -> None:
        """Spoil nothing."""
        super().__init__(stack)
        self.meddling: dict[str, Meddle] = {}

    def emit(self, event: dict[str, Any]) -> None:
        """Spoil an event first."""
        text = json.dumps(event["detail"])
        for prefix, meddle in self.meddling.items():
            if prefix in text and event["detail"]["status"] == "COMPLETE":
                spoiled = meddle(event)
                if spoiled is None:
                    return
                event = spoiled
        super().emit(event)


@pytest.fixture(scope="session")
def meddled() -> Iterator[MeddledCloud]:
    """The cloud of all tests here, with an mp4 and a playlist."""
    dev = StackConfig.load(PROJECT_FOLDER, "dev")
    config = {**dev.config, f"{dev.project}:presets": PRESETS}
    with MeddledCloud(StackConfig(dev.project, dev.name, config)) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def stack_of(
    meddled: MeddledCloud, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Write the file that an operator has, with some outputs or ways there replaced."""

    def write(
        *, outputs: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> Path:
        facts = {
            "environment": {**meddled.environment, **(environment or {})},
            "outputs": {**meddled.outputs, **(outputs or {})},
        }
        path = tmp_path_factory.mktemp("stack") / "outputs.json"
        path.write_text(json.dumps(facts))
        return path

    return write


def _operator(cloud: LocalCloud, stack: Stack) -> Mapping[str, str]:
    """Make a user with the documented permissions, and no others."""
    policy = operator_policy(stack)
    for statement in policy["Statement"]:
        if statement["Sid"] == "UseATemporaryRule":
            # The emulator compares it with ARNs that the rules of AWS's default bus do not have.
            statement["Resource"] = "*"
    iam = cloud.clients.client("iam")
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="verify", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def _leftovers(cloud: LocalCloud) -> list[Any]:
    """Everything in the account that `verify` made."""
    clients, outputs = cloud.clients, cloud.outputs
    s3, sqs = clients.client("s3"), clients.client("sqs")
    buckets = [outputs["input_bucket"], *outputs["output_buckets"].values()]
    topics = (outputs["topic_arn"], outputs["completed_topic_arn"])
    subscriptions = [
        subscription
        for topic in topics
        for subscription in clients.client("sns").list_subscriptions_by_topic(TopicArn=topic)[
            "Subscriptions"
        ]
    ]
    return [
        *(s3.list_object_versions(Bucket=bucket).get("Versions", []) for bucket in buckets),
        sqs.list_queues(QueueNamePrefix=NAME_PREFIX).get("QueueUrls", []),
        clients.client("events").list_rules(NamePrefix=NAME_PREFIX)["Rules"],
        [each for each in subscriptions if NAME_PREFIX in each["Endpoint"]],
        *(
            sqs.receive_message(QueueUrl=url).get("Messages", [])
            for url in outputs["dead_letter_queue_urls"].values()
        ),
    ]


def test_nothing_differs_and_nothing_is_left(
    meddled: MeddledCloud,
    stack_of: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every line is ok with the permissions that the page lists; the tier says why it is not."""
    operator = _operator(meddled, Stack.load(str(stack_of())))
    before = _leftovers(meddled)
    arguments = ["--outputs", str(stack_of(environment=operator)), "--json", "--yes"]

    code = main(["verify", *arguments, "--with-failure", "--settle", "0", "--timeout", "60"])

    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert 0 == code, printed.out + printed.err
    assert [check.name for check in CHECKS] == [line["check"] for line in lines]
    assert {"tier"} == {line["check"] for line in lines if line["verdict"] != "ok"}
    assert "AccelerationStatus" in next(line for line in lines if line["check"] == "tier")["text"]
    assert before == _leftovers(meddled)


class Meddler(HttpServer):
    """Stands before the MediaConvert service, and changes what it answers to the operator."""

    def __init__(self, endpoint: str, change: Callable[[str, dict[str, Any]], None]) -> None:
        """Pass everything on to the service.

        Args:
            endpoint: The service.
            change: Is given the path and the answer, and may change the answer.
        """
        self._endpoint = endpoint
        self._change = change
        super().__init__(self._pass_on)

    def _pass_on(self, method: str, target: str, body: bytes) -> Answer:
        request = urllib.request.Request(  # noqa: S310 -- the service's own http address
            self._endpoint + target, data=body or None, method=method
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 -- the same
            document = json.load(answer)
        self._change(target.partition("?")[0], document)
        return Answer(HTTPStatus.OK, json.dumps(document).encode())


def _another_role(path: str, answer: dict[str, Any]) -> None:
    if "/jobs/" in path:
        answer["job"]["role"] = OTHER_ROLE


def _listed_never(path: str, answer: dict[str, Any]) -> None:
    if path.endswith("/jobs"):
        answer["jobs"] = []


def _lost(event: dict[str, Any]) -> None:
    """Lose the event."""


def _without_outputs(event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the job wrote, as an event of another shape would."""
    detail = {name: value for name, value in event["detail"].items() if "output" not in name}
    return {**event, "detail": detail}


class Runs:
    """Trials of a small sample, each with a fault of its own."""

    def __init__(self, cloud: MeddledCloud, stack_of: Callable[..., Path]) -> None:
        """Use a cloud."""
        self._cloud = cloud
        self._stack_of = stack_of

    def trial(
        self,
        meddle: Meddle | None = None,
        patience: float = PATIENCE,
        **replaced: Mapping[str, str],
    ) -> Trial:
        """Prepare one, without starting it: boto3 makes clients in one thread."""
        stack = Stack.load(str(self._stack_of(**replaced)))
        clients = Clients(stack)
        order = Order(
            suffixes=listened_suffixes(clients.s3, stack.input_bucket),
            with_failure=False,
            patience=patience,
            settle=0,
            calls_per_second=20,
            seconds=1,
            picture=(640, 360),
        )
        trial = Trial(stack, clients, order)
        if meddle:
            self._cloud.meddling[trial.prefix] = meddle
        return trial

    def silent(self, tmp_path: Path) -> Meddle:
        """Put a silent file in the place of the mp4, before anybody is told of it."""
        body = clips.make(
            tmp_path / "silent.mp4", *clips.picture(size="640x360"), *clips.H264
        ).read_bytes()

        def meddle(event: dict[str, Any]) -> dict[str, Any]:
            uri = event["detail"]["outputGroupDetails"][0]["outputDetails"][0]["outputFilePaths"][0]
            if uri.endswith(".mp4"):
                bucket, _, key = uri.removeprefix("s3://").partition("/")
                self._cloud.clients.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
            return event

        return meddle


def _told(trial: Trial) -> Verdicts:
    """Run a trial, and read the lines that are not ok."""
    return {line.check.name: line.verdict for line in judge(trial.run()) if line.verdict != "ok"}


AS_ALWAYS = {"tier": "not checked", "dead letter": "not checked"}
UNHEARD = dict.fromkeys(("outcome", "announcement", "asset"), "not checked")


def test_every_fault_is_told_at_its_own_line(
    meddled: MeddledCloud, stack_of: Callable[..., Path], tmp_path: Path
) -> None:
    """What is not as it is assumed differs; what follows is not checked; the rest is ok."""
    runs = Runs(meddled, stack_of)
    other_topic = meddled.clients.client("sns").create_topic(Name="another")["TopicArn"]
    service = meddled.environment["AWS_ENDPOINT_URL_MEDIACONVERT"]
    roles, lists = Meddler(service, _another_role), Meddler(service, _listed_never)
    expected: dict[Trial, Verdicts] = {
        runs.trial(environment={"AWS_ENDPOINT_URL_MEDIACONVERT": roles.url}): {"job": "differs"},
        runs.trial(environment={"AWS_ENDPOINT_URL_MEDIACONVERT": lists.url}): {
            "ListJobs": "differs",
            "one job": "not checked",
        },
        runs.trial(_lost): {"event": "differs", **UNHEARD},
        runs.trial(_without_outputs): {"event": "differs"},
        runs.trial(runs.silent(tmp_path)): {"streams": "differs"},
        runs.trial(outputs={"completed_topic_arn": other_topic}): {
            "announcement": "differs",
            "asset": "differs",
        },
    }
    try:
        with ThreadPoolExecutor(len(expected)) as threads:
            told = list(threads.map(_told, expected))
    finally:
        roles.close()
        lists.close()

    assert [{**AS_ALWAYS, **verdicts} for verdicts in expected.values()] == told


def test_without_a_notification_only_that_differs(
    meddled: MeddledCloud, stack_of: Callable[..., Path]
) -> None:
    """A bucket that tells nobody is found out, and nothing after it is blamed."""
    s3, bucket = meddled.clients.client("s3"), meddled.outputs["input_bucket"]
    kept = s3.get_bucket_notification_configuration(Bucket=bucket)["TopicConfigurations"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        told = _told(Runs(meddled, stack_of).trial(patience=2))
    finally:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"TopicConfigurations": kept}
        )

    others = {check.name for check in CHECKS} - {"notification"}
    assert {"notification": "differs", **dict.fromkeys(others, "not checked")} == told
