"""What the project relies on in the AWS emulator, so that a new version of it is judged by this."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

import pytest
from botocore.exceptions import ClientError

from components import policies
from local.clients import Clients
from local.emulator import ACCOUNT, Emulator
from tests.waiting import eventually

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

REGION: Final = "eu-central-1"
HOSTILE_KEY = "trips/a b+c%20d é'\"😀$x$.mp4"


def unique(what: str) -> str:
    """Make up a name; tests share the emulator."""
    return f"{what}-{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Queue:
    """A queue of the emulator."""

    aws: Clients
    url: str
    arn: str

    def receive(self, **options: Any) -> list[Mapping[str, Any]]:
        """Take what is there."""
        answer = self.aws.client("sqs").receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, **options
        )
        return list(answer.get("Messages", []))

    def one(self, **options: Any) -> Mapping[str, Any]:
        """Wait for a message."""
        return eventually(lambda: self.receive(**options), what="message")[0]

    def allow(self, policy: policies.Policy) -> None:
        """Set the queue's policy."""
        self.aws.client("sqs").set_queue_attributes(
            QueueUrl=self.url, Attributes={"Policy": json.dumps(policy)}
        )


@pytest.fixture
def make_queue(aws: Clients) -> Callable[..., Queue]:
    """Make queues."""

    def make(**attributes: str) -> Queue:
        name = unique("queue")
        url = aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]  # attribute names of SQS
        return Queue(aws, url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")

    return make


@pytest.fixture
def topic(aws: Clients) -> str:
    """Make a topic on which nobody may publish yet."""
    return aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]


@pytest.fixture
def bucket(aws: Clients) -> str:
    """Make a bucket."""
    name = unique("bucket")
    aws.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return name


def subscribe(aws: Clients, topic: str, queue: Queue) -> None:
    """Subscribe a queue with raw delivery, as the program does."""
    aws.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue.arn,
        Attributes={"RawMessageDelivery": "true"},
    )


def notify(aws: Clients, bucket: str, topic: str, suffix: str = ".mp4") -> None:
    """Let a bucket notify a topic of what is uploaded with this ending."""
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "TopicConfigurations": [
                {
                    "Id": "upload",
                    "TopicArn": topic,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": suffix}]}},
                }
            ]
        },
    )


def let_bucket_publish(aws: Clients, topic: str, bucket: str) -> None:
    """Give a topic the policy that the program gives it."""
    aws.client("sns").set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps(policies.bucket_may_publish(topic, f"arn:aws:s3:::{bucket}")),
    )


class TestTopicAndQueue:
    """SNS and SQS."""

    def test_raw_delivery(self, aws: Clients, topic: str, make_queue: Callable[..., Queue]) -> None:
        """With raw delivery, the body of a message is what was published."""
        queue = make_queue()
        queue.allow(policies.queue_takes_from(queue.arn, topic_arn=topic))
        subscribe(aws, topic, queue)

        aws.client("sns").publish(TopicArn=topic, Message='{"as": "it is"}')

        assert '{"as": "it is"}' == queue.one()["Body"]

    def test_a_queue_without_a_policy_gets_nothing(
        self, aws: Clients, topic: str, make_queue: Callable[..., Queue]
    ) -> None:
        """A topic cannot send to a queue whose policy does not let it."""
        closed, opened = make_queue(), make_queue()
        opened.allow(policies.queue_takes_from(opened.arn, topic_arn=topic))
        subscribe(aws, topic, closed)
        subscribe(aws, topic, opened)

        aws.client("sns").publish(TopicArn=topic, Message="to both")
        opened.one()

        assert [] == closed.receive()

    def test_visibility(self, aws: Clients, make_queue: Callable[..., Queue]) -> None:
        """A consumer can hide a message that it has received, or show it again at once."""
        queue = make_queue(VisibilityTimeout="600")
        sqs = aws.client("sqs")
        sqs.send_message(QueueUrl=queue.url, MessageBody="hidden")
        first = queue.one()
        assert [] == queue.receive()

        sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0
        )
        second = queue.one(MessageSystemAttributeNames=["ApproximateReceiveCount"])

        assert first["MessageId"] == second["MessageId"]
        assert "2" == second["Attributes"]["ApproximateReceiveCount"]


class TestNotification:
    """S3's notices of uploads."""

    @pytest.fixture
    def notices(
        self, aws: Clients, bucket: str, topic: str, make_queue: Callable[..., Queue]
    ) -> Queue:
        """Connect a bucket with a queue, as the program does."""
        queue = make_queue()
        queue.allow(policies.queue_takes_from(queue.arn, topic_arn=topic))
        subscribe(aws, topic, queue)
        let_bucket_publish(aws, topic, bucket)
        notify(aws, bucket, topic)
        return queue

    def test_a_test_event_comes_first(self, notices: Queue) -> None:
        """Setting the notification sends a test event, which every consumer sees."""
        assert "s3:TestEvent" == json.loads(notices.one()["Body"])["Event"]

    def test_keys_are_url_encoded(self, aws: Clients, bucket: str, notices: Queue) -> None:
        """A notice holds the key URL-encoded, with `+` for a space."""
        notices.one()

        aws.client("s3").put_object(Bucket=bucket, Key=HOSTILE_KEY, Body=b"x")
        [record] = json.loads(notices.one()["Body"])["Records"]
        encoded = record["s3"]["object"]["key"]

        assert " " not in encoded
        assert HOSTILE_KEY == unquote_plus(encoded)

    def test_multipart_uploads_are_noticed(self, aws: Clients, bucket: str, notices: Queue) -> None:
        """An upload in parts is noticed under its own event name."""
        notices.one()
        s3 = aws.client("s3")
        upload = s3.create_multipart_upload(Bucket=bucket, Key="large.mp4")["UploadId"]
        part = s3.upload_part(
            Bucket=bucket, Key="large.mp4", UploadId=upload, PartNumber=1, Body=b"x"
        )

        s3.complete_multipart_upload(
            Bucket=bucket,
            Key="large.mp4",
            UploadId=upload,
            MultipartUpload={"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]},
        )
        [record] = json.loads(notices.one()["Body"])["Records"]

        assert record["eventName"].endswith("ObjectCreated:CompleteMultipartUpload")

    def test_suffixes_tell_case_apart(self, aws: Clients, bucket: str, notices: Queue) -> None:
        """A suffix filter lets exactly its own spelling through."""
        notices.one()

        for key in ("a.txt", "a.MP4", "a.mp4"):
            aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
        [record] = json.loads(notices.one()["Body"])["Records"]

        assert "a.mp4" == record["s3"]["object"]["key"]
        assert [] == notices.receive()

    def test_a_topic_without_a_policy_gets_nothing(
        self, aws: Clients, bucket: str, topic: str, make_queue: Callable[..., Queue]
    ) -> None:
        """S3 cannot publish on a topic whose policy names another bucket."""
        queue = make_queue()
        queue.allow(policies.queue_takes_from(queue.arn, topic_arn=topic))
        subscribe(aws, topic, queue)
        let_bucket_publish(aws, topic, "another-bucket")

        with pytest.raises(ClientError):
            notify(aws, bucket, topic)


WHO_AM_I = """
import boto3, os

def handler(event, context):
    try:
        boto3.client("s3").put_object(Bucket=event["bucket"], Key="x")
        refusal = None
    except Exception as error:
        refusal = error.response["Error"]["Code"]
    return {
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
        "refusal": refusal,
        "environment": dict(os.environ),
    }
"""

SLOW_TO_START = """
import os
import time

started = "AWS_LAMBDA_RUNTIME_API" in os.environ
if started:
    time.sleep(1.5)

def handler(event, context):
    return {"started": started}
"""

REFUSE_BAD_ONES = """
def handler(event, context):
    bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in bad]}
"""

SENDS_TOO_LATE = """
import boto3


def handler(event, context):
    boto3.client("sqs").send_message(
        QueueUrl="https://sqs.example/q", MessageBody="m", DelaySeconds=901
    )
"""


def code(source: str) -> bytes:
    """Zip a function's source."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("function.py", source)
    return buffer.getvalue()


@pytest.fixture
def make_function(aws: Clients) -> Callable[..., str]:
    """Make functions with a role that may do what the statements say."""

    def make(source: str, *statements: policies.Statement, **settings: Any) -> str:
        name = unique("function")
        iam = aws.client("iam")
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(
                policies.service_may_assume("lambda.amazonaws.com")
            ),
        )["Role"]["Arn"]
        if statements:
            iam.put_role_policy(
                RoleName=name,
                PolicyName="may",
                PolicyDocument=json.dumps(policies.document(*statements)),
            )
        aws.client("lambda").create_function(
            FunctionName=name,
            Role=role,
            Handler="function.handler",
            Runtime="python3.13",
            Code={"ZipFile": code(source)},
            **settings,
        )
        return name

    return make


class TestFunction:
    """Lambda."""

    def call(self, aws: Clients, function: str, bucket: str) -> Mapping[str, Any]:
        """Invoke WHO_AM_I."""
        answer = aws.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps({"bucket": bucket})
        )
        result: Mapping[str, Any] = json.loads(answer["Payload"].read())
        return result

    def test_its_requests_are_checked(
        self, aws: Clients, make_function: Callable[..., str]
    ) -> None:
        """A function cannot send what AWS refuses, though the emulator would take it."""
        function = make_function(SENDS_TOO_LATE)

        result = self.call(aws, function, "any")

        assert "DelaySeconds is 901; it must be from 0 to 900" in result["errorMessage"]

    def test_it_acts_as_its_role(
        self, aws: Clients, bucket: str, make_function: Callable[..., str]
    ) -> None:
        """A function calls AWS as its own role, and is refused what that may not do."""
        function = make_function(WHO_AM_I)

        result = self.call(aws, function, bucket)

        assert f"arn:aws:sts::{ACCOUNT}:assumed-role/{function}/{function}" == result["arn"]
        assert "AccessDenied" == result["refusal"]

    def test_it_may_do_what_its_role_may(
        self, aws: Clients, bucket: str, make_function: Callable[..., str]
    ) -> None:
        """A statement of the role's policy opens what it names."""
        may_write = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }

        result = self.call(aws, make_function(WHO_AM_I, may_write), bucket)

        assert result["refusal"] is None

    def test_its_environment(
        self,
        aws: Clients,
        emulator: Emulator,
        bucket: str,
        make_function: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A function sees its own variables over the emulator's, and nothing of the caller's."""
        monkeypatch.setenv("CALLERS_SECRET", "x")
        own = {"PRESET": "720p", "LANG": "de"}

        environment = self.call(
            aws, make_function(WHO_AM_I, Environment={"Variables": own}), bucket
        )["environment"]

        assert own.items() <= environment.items()
        assert emulator.endpoint == environment["AWS_ENDPOINT_URL"]
        assert "CALLERS_SECRET" not in environment

    def test_its_start_is_not_taken_from_its_timeout(
        self, aws: Clients, bucket: str, make_function: Callable[..., str]
    ) -> None:
        """As in Lambda a function can take its time before its first event, and is told that."""
        answer = self.call(aws, make_function(SLOW_TO_START, Timeout=1), bucket)

        assert {"started": True} == answer


class TestMapping:
    """A queue that triggers a function."""

    @pytest.fixture
    def connect(
        self, aws: Clients, make_queue: Callable[..., Queue], make_function: Callable[..., str]
    ) -> Callable[[str], tuple[Queue, Queue]]:
        """Let a queue trigger a function; give the queue and its dead-letter queue."""

        def connect(source: str) -> tuple[Queue, Queue]:
            dead_letters = make_queue()
            redrive = {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 2}
            queue = make_queue(VisibilityTimeout="0", RedrivePolicy=json.dumps(redrive))
            aws.client("lambda").create_event_source_mapping(
                EventSourceArn=queue.arn,
                FunctionName=make_function(source, policies.consume(queue.arn)),
                BatchSize=10,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig={"MaximumConcurrency": 2},
            )
            return queue, dead_letters

        return connect

    def test_partial_batch_failures(
        self, aws: Clients, connect: Callable[[str], tuple[Queue, Queue]]
    ) -> None:
        """Of a batch only reported messages come back, until SQS gives them up."""
        queue, dead_letters = connect(REFUSE_BAD_ONES)

        aws.client("sqs").send_message_batch(
            QueueUrl=queue.url,
            Entries=[{"Id": body, "MessageBody": body} for body in ("good", "bad")],
        )
        dead = dead_letters.one()

        assert "bad" == dead["Body"]
        assert [] == dead_letters.receive()
        assert [] == queue.receive()

    def test_a_crash_fails_the_whole_batch(
        self, aws: Clients, connect: Callable[[str], tuple[Queue, Queue]]
    ) -> None:
        """A function that raises gets its messages again, until SQS gives them up."""
        queue, dead_letters = connect("def handler(event, context):\n    raise ValueError")

        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="x")

        assert "x" == dead_letters.one()["Body"]


class TestEvents:
    """EventBridge."""

    def event(self, source: str) -> dict[str, Any]:
        """Write an event as the MediaConvert service does."""
        return {"Source": source, "DetailType": "change", "Detail": json.dumps({"status": "ERROR"})}

    def test_aws_sources_are_refused(self, aws: Clients) -> None:
        """Nobody but AWS sends events whose source begins with `aws.`."""
        answer = aws.client("events").put_events(Entries=[self.event("aws.mediaconvert")])  # type: ignore[list-item]  # a plain dict

        assert "NotAuthorizedForSourceException" == answer["Entries"][0]["ErrorCode"]

    def test_a_rule_sends_to_a_queue(self, aws: Clients, make_queue: Callable[..., Queue]) -> None:
        """A rule hands the events that it matches, and no others, to its target."""
        queue, rule = make_queue(), unique("rule")
        events = aws.client("events")
        events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["local.here"]}))
        events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue.arn}])

        events.put_events(Entries=[self.event("local.there"), self.event("local.here")])  # type: ignore[list-item]  # plain dicts

        assert "local.here" == json.loads(queue.one()["Body"])["source"]
        assert [] == queue.receive()


def test_conditional_writes(aws: Clients) -> None:
    """DynamoDB refuses a write whose condition no longer holds."""
    dynamodb, table = aws.client("dynamodb"), unique("table")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def claim() -> None:
        dynamodb.put_item(
            TableName=table,
            Item={"id": {"S": "upload"}},
            ConditionExpression="attribute_not_exists(id)",
        )

    claim()
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        claim()


class TestPlainHttp:
    """The program's statements against plain HTTP, which the encrypted emulator cannot show."""

    @pytest.fixture
    def plain_bucket(self, plain_aws: Clients) -> str:
        """Make a bucket there."""
        name = unique("bucket")
        plain_aws.client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name

    @pytest.fixture
    def writer(self, plain_aws: Clients, plain_bucket: str) -> "S3Client":
        """Be somebody who may write to the bucket; the emulator lets root do everything in S3."""
        iam, name = plain_aws.client("iam"), unique("writer")
        iam.create_user(UserName=name)
        may_write = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{plain_bucket}/*",
        }
        iam.put_user_policy(
            UserName=name,
            PolicyName="may",
            PolicyDocument=json.dumps(policies.document(may_write)),
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        credentials = (key["AccessKeyId"], key["SecretAccessKey"], None)
        client: S3Client = plain_aws.client_of(credentials, "s3")
        return client

    def test_buckets(self, plain_aws: Clients, plain_bucket: str, writer: "S3Client") -> None:
        """Over plain HTTP a bucket refuses those who may write to it."""
        policy = policies.bucket_refuses_plain_http(f"arn:aws:s3:::{plain_bucket}")
        writer.put_object(Bucket=plain_bucket, Key="before", Body=b"x")
        plain_aws.client("s3").put_bucket_policy(Bucket=plain_bucket, Policy=json.dumps(policy))

        with pytest.raises(ClientError, match="AccessDenied"):
            writer.put_object(Bucket=plain_bucket, Key="after", Body=b"x")

    def test_topics(self, plain_aws: Clients, plain_bucket: str) -> None:
        """Over plain HTTP even S3 cannot publish."""
        topic = plain_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
        let_bucket_publish(plain_aws, topic, plain_bucket)

        with pytest.raises(ClientError):
            notify(plain_aws, plain_bucket, topic)

    def test_queues(self, plain_aws: Clients) -> None:
        """Over plain HTTP a queue refuses even its owner."""
        sqs, name = plain_aws.client("sqs"), unique("queue")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        policy = policies.rule_may_send(arn, f"arn:aws:events:{REGION}:{ACCOUNT}:rule/any")
        sqs.send_message(QueueUrl=url, MessageBody="before")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})

        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.send_message(QueueUrl=url, MessageBody="after")
