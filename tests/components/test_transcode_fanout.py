"""What the fan-out creates and how it is wired."""

import json
from typing import Any

import pulumi
import pytest
import yaml

from components import ArgumentError, PresetError, TranscodeFanout, TranscodeFanoutArgs
from components.estimate import report
from components.presets import resolve
from tests.components.conftest import DEFAULTS, SEVEN, TWO, stack
from tests.engine import ACCOUNT, COMPONENT, PHYSICAL_SUFFIX, REGION, ROOT, Program, run, run_main

FOURTEEN_DAYS = 1_209_600
PRESETS = ["720p", "1080p"]

QUEUE = "aws:sqs/queue:Queue"
FUNCTION = "aws:lambda/function:Function"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
PIPELINE = "aws:mediaconvert/queue:Queue"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
BUCKET = "aws:s3/bucket:Bucket"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"

TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:videoconverter-topic{PHYSICAL_SUFFIX}"
PIPELINE_ARN = f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:queues/videoconverter"
COMPLETED_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:videoconverter-completed{PHYSICAL_SUFFIX}"
LEDGER_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/videoconverter-ledger{PHYSICAL_SUFFIX}"
OUTPUT_ARN = "arn:aws:s3:::videoconverter-output"
INPUT_ARN = f"arn:aws:s3:::videoconverter-input{PHYSICAL_SUFFIX}"


@pytest.fixture(scope="session")
def with_own_job() -> Program:
    """Two presets, the first a job of the user's own that puts a logo on the picture."""
    exported = ROOT / "tests/components/presets/job_documents/720p.json"
    job = json.loads(exported.read_text(encoding="utf-8"))
    (group,) = job["Settings"]["OutputGroups"]
    group["Outputs"][0]["VideoDescription"]["VideoPreprocessors"] = {
        "ImageInserter": {"InsertableImages": [{"ImageInserterInput": "s3://brand/logo.png"}]}
    }
    with_logo = {"name": "720p", "settings": job, "extra_read_buckets": ["brand"]}
    return stack(presets=[with_logo, {"name": "1080p"}])


def _queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}{PHYSICAL_SUFFIX}"


def _allowed(policy: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [
        statement
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        and action
        in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    ]


class TestIntake:
    """The input bucket, the topic, and the notification between them."""

    def test_s3_may_publish_for_the_input_bucket(self, program: Program) -> None:
        """Without S3's permission on the topic no upload is ever announced."""
        policy = program.one(
            "aws:sns/topicPolicy:TopicPolicy", "videoconverter-input-publishes-to-topic"
        )
        [statement] = _allowed(policy.policy(), "sns:Publish")

        assert TOPIC_ARN == policy.inputs["arn"]
        assert TOPIC_ARN == statement["Resource"]
        assert {"Service": "s3.amazonaws.com"} == statement["Principal"]
        assert INPUT_ARN == statement["Condition"]["ArnLike"]["aws:SourceArn"]
        assert ACCOUNT == statement["Condition"]["StringEquals"]["aws:SourceAccount"]

    def test_every_kind_of_upload_is_announced(self, program: Program) -> None:
        """A large file arrives as a multipart upload, which is not a Put; cameras write `.MP4`."""
        notification = program.one(NOTIFICATION, "videoconverter-upload")

        assert f"videoconverter-input{PHYSICAL_SUFFIX}" == notification.inputs["bucket"]
        assert [
            {
                "id": "videoconverter-upload",
                "topicArn": TOPIC_ARN,
                "events": ["s3:ObjectCreated:*"],
                "filterSuffix": ".mp4",
            },
            {
                "id": "videoconverter-upload-2",
                "topicArn": TOPIC_ARN,
                "events": ["s3:ObjectCreated:*"],
                "filterSuffix": ".MP4",
            },
        ] == notification.inputs["topics"]

    def test_the_notification_waits_for_the_permission(self, program: Program) -> None:
        """S3 tries the topic out when the notification is set, and fails without the policy."""
        notification = program.one(NOTIFICATION, "videoconverter-upload")

        assert "videoconverter-input-publishes-to-topic" in notification.waits_for

    def test_the_notification_waits_for_the_delivery_logs(self, program: Program) -> None:
        """A log group that SNS creates by itself keeps its lines for ever."""
        notification = program.one(NOTIFICATION, "videoconverter-upload")

        assert {
            "videoconverter-topic-deliveries",
            "videoconverter-topic-failures",
        } <= notification.waits_for

    def test_deliveries_to_queues_are_logged(self, program: Program) -> None:
        """Success and failure are logged by a role that may write to these two log groups only."""
        topic = program.one("aws:sns/topic:Topic", "videoconverter-topic")
        groups = program.of_type("aws:cloudwatch/logGroup:LogGroup")
        policy = program.one(ROLE_POLICY, "videoconverter-topic-logs-deliveries").policy()
        role = f"arn:aws:iam::{ACCOUNT}:role/videoconverter-topic-logs{PHYSICAL_SUFFIX}"
        base = f"sns/{REGION}/{ACCOUNT}/videoconverter-topic{PHYSICAL_SUFFIX}"

        assert role == topic.inputs["sqsSuccessFeedbackRoleArn"]
        assert role == topic.inputs["sqsFailureFeedbackRoleArn"]
        assert 100 == topic.inputs["sqsSuccessFeedbackSampleRate"]
        assert base == groups["videoconverter-topic-deliveries"].inputs["name"]
        assert f"{base}/Failure" == groups["videoconverter-topic-failures"].inputs["name"]
        [statement] = policy["Statement"]
        assert [
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{base}:*",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{base}/Failure:*",
        ] == statement["Resource"]

    def test_uploads_are_versioned(self, program: Program) -> None:
        """A version is what tells a re-upload from a second notification of the same upload."""
        versioned = program.of_type("aws:s3/bucketVersioning:BucketVersioning")

        assert ["videoconverter-input-keeps-versions"] == list(versioned)

    def test_suffixes_that_overlap_are_refused(self) -> None:
        """S3 would refuse them at deployment."""
        with pytest.raises(ArgumentError, match=r'"\.clip\.mp4" ends in "\.mp4"'):
            stack(*TWO, suffixes=[".mp4", ".clip.mp4"])


@pytest.mark.parametrize("preset", PRESETS)
class TestBranch:
    """One preset from the topic to the output bucket."""

    def test_a_message_lives_for_fourteen_days(self, program: Program, preset: str) -> None:
        """Uploads wait out an outage, and what was set aside is kept as long as what waits."""
        for name in (f"videoconverter-{preset}", f"videoconverter-{preset}-dlq"):
            assert FOURTEEN_DAYS == program.one(QUEUE, name).inputs["messageRetentionSeconds"]

    def test_queues_are_encrypted(self, program: Program, preset: str) -> None:
        """Messages hold the names of people's files."""
        for name in (f"videoconverter-{preset}", f"videoconverter-{preset}-dlq"):
            assert program.one(QUEUE, name).inputs["sqsManagedSseEnabled"] is True

    def test_crashes_end_in_the_dead_letter_queue(self, program: Program, preset: str) -> None:
        """SQS gives a message up after 1,000 deliveries, into this branch's own queue."""
        name = f"videoconverter-{preset}"
        redrive = json.loads(program.one(QUEUE, name).inputs["redrivePolicy"])
        allow = json.loads(
            program.one(
                "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", f"{name}-dlq-takes-from-queue"
            ).inputs["redriveAllowPolicy"]
        )

        assert {
            "deadLetterTargetArn": _queue_arn(f"{name}-dlq"),
            "maxReceiveCount": 1000,
        } == redrive
        assert isinstance(redrive["maxReceiveCount"], int)
        assert {"redrivePermission": "byQueue", "sourceQueueArns": [_queue_arn(name)]} == allow

    @pytest.mark.parametrize("ending", ["", "-dlq"])
    def test_the_topic_may_send(self, program: Program, preset: str, ending: str) -> None:
        """The topic reaches the queue, and the dead-letter queue with what the queue refused."""
        name = f"videoconverter-{preset}{ending}"
        policy = program.one("aws:sqs/queuePolicy:QueuePolicy", f"{name}-takes-from-topic")
        [statement, _] = _allowed(policy.policy(), "sqs:SendMessage")

        assert program.one(QUEUE, name)
        assert policy.inputs["queueUrl"].endswith(f"/{name}{PHYSICAL_SUFFIX}")
        assert _queue_arn(name) == statement["Resource"]
        assert {"Service": "sns.amazonaws.com"} == statement["Principal"]
        assert TOPIC_ARN == statement["Condition"]["ArnEquals"]["aws:SourceArn"]

    @pytest.mark.parametrize("ending", ["", "-dlq"])
    def test_the_shared_functions_may_send(
        self, program: Program, preset: str, ending: str
    ) -> None:
        """`job_outcome` and `reconcile` put messages back and set them aside, nobody else."""
        name = f"videoconverter-{preset}{ending}"
        policy = program.one("aws:sqs/queuePolicy:QueuePolicy", f"{name}-takes-from-topic")
        [_, statement] = _allowed(policy.policy(), "sqs:SendMessage")

        assert {
            "AWS": [
                f"arn:aws:iam::{ACCOUNT}:role/videoconverter-{function}-function{PHYSICAL_SUFFIX}"
                for function in ("outcome", "reconcile")
            ]
        } == statement["Principal"]

    def test_the_shared_functions_find_the_branch(self, program: Program, preset: str) -> None:
        """Its addresses are in the ledger: 4 KB of environment hold those of a few presets."""
        item = program.one(
            "aws:dynamodb/tableItem:TableItem", f"videoconverter-{preset}-is-in-ledger"
        )
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/videoconverter-{preset}"

        assert f"videoconverter-ledger{PHYSICAL_SUFFIX}" == item.inputs["tableName"]
        assert ("pk", "sk") == (item.inputs["hashKey"], item.inputs["rangeKey"])
        assert {
            "pk": {"S": "branches"},
            "sk": {"S": preset},
            "queue_url": {"S": f"{url}{PHYSICAL_SUFFIX}"},
            "dead_letter_queue_url": {"S": f"{url}-dlq{PHYSICAL_SUFFIX}"},
            "retired": {"BOOL": False},
        } == json.loads(item.inputs["item"])

    def test_the_queue_gets_what_s3_wrote(self, program: Program, preset: str) -> None:
        """Raw delivery, and a redrive policy for what the queue refuses."""
        name = f"videoconverter-{preset}"
        subscription = program.one(SUBSCRIPTION, f"{name}-subscribes-to-topic")

        assert TOPIC_ARN == subscription.inputs["topic"]
        assert "sqs" == subscription.inputs["protocol"]
        assert _queue_arn(name) == subscription.inputs["endpoint"]
        assert subscription.inputs["rawMessageDelivery"] is True
        assert {"deadLetterTargetArn": _queue_arn(f"{name}-dlq")} == json.loads(
            subscription.inputs["redrivePolicy"]
        )

    def test_the_subscription_waits_for_the_permission(self, program: Program, preset: str) -> None:
        """SNS does not try again when the queue refuses a message."""
        name = f"videoconverter-{preset}"
        subscription = program.one(SUBSCRIPTION, f"{name}-subscribes-to-topic")

        assert {
            f"{name}-takes-from-topic",
            f"{name}-dlq-takes-from-topic",
        } <= subscription.waits_for

    def test_the_queue_triggers_the_function(self, program: Program, preset: str) -> None:
        """Batches are answered message by message, and throttling happens in the mapping."""
        name = f"videoconverter-{preset}"
        mapping = program.one(MAPPING, f"{name}-queue-triggers-function").inputs

        assert _queue_arn(name) == mapping["eventSourceArn"]
        assert mapping["functionName"].endswith(f":{name}{PHYSICAL_SUFFIX}")
        assert ["ReportBatchItemFailures"] == mapping["functionResponseTypes"]
        assert {"maximumConcurrency": 2} == mapping["scalingConfig"]
        assert mapping["batchSize"] <= 10 or mapping["maximumBatchingWindowInSeconds"] >= 1

    def test_the_mapping_waits_for_the_permission(self, program: Program, preset: str) -> None:
        """AWS refuses a mapping whose role may not read the queue."""
        name = f"videoconverter-{preset}"
        mapping = program.one(MAPPING, f"{name}-queue-triggers-function")

        assert f"{name}-function-submits-jobs" in mapping.waits_for

    def test_the_mapping_waits_for_all_that_its_uploads_need(
        self, program: Program, preset: str
    ) -> None:
        """No job is submitted before its role may write, and none fails before it is known."""
        name = f"videoconverter-{preset}"
        needed = {
            (r.type, r.name)
            for token in (
                ROLE_POLICY,
                "aws:sqs/queuePolicy:QueuePolicy",
                "aws:dynamodb/tableItem:TableItem",
            )
            for r in program.of_type(token).values()
            if r.name.startswith(f"{name}-")
        }

        assert (ROLE_POLICY, f"{name}-pipeline-transcodes") in needed
        assert needed <= program.before(MAPPING, f"{name}-queue-triggers-function")

    def test_a_message_is_hidden_for_six_timeouts(self, program: Program, preset: str) -> None:
        """A throttled or slow batch must not be handed to a second function meanwhile."""
        name = f"videoconverter-{preset}"
        queue = program.one(QUEUE, name).inputs
        function = program.one(FUNCTION, name).inputs
        mapping = program.one(MAPPING, f"{name}-queue-triggers-function").inputs

        assert (
            6 * function["timeout"] + mapping["maximumBatchingWindowInSeconds"]
            == queue["visibilityTimeoutSeconds"]
        )

    def test_a_claim_outlives_a_delivery(self, program: Program, preset: str) -> None:
        """A claim is left to its function until its message has been delivered again, twice."""
        name = f"videoconverter-{preset}"
        queue = program.one(QUEUE, name).inputs
        environment = program.one(FUNCTION, name).inputs["environment"]["variables"]

        assert 2 * queue["visibilityTimeoutSeconds"] == int(environment["CLAIM_SECONDS"])

    def test_the_function_may_do_what_it_has_to(self, program: Program, preset: str) -> None:
        """Each permission is for this branch's own resource, and there are no others."""
        name = f"videoconverter-{preset}"
        policy = program.one(ROLE_POLICY, f"{name}-function-submits-jobs")
        pipeline = f"{PIPELINE_ARN}-{preset}{PHYSICAL_SUFFIX}"
        role = f"arn:aws:iam::{ACCOUNT}:role/{name}-pipeline{PHYSICAL_SUFFIX}"
        logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}-logs{PHYSICAL_SUFFIX}:*"
        granted = {
            action: statement["Resource"]
            for statement in policy.policy()["Statement"]
            for action in (
                statement["Action"]
                if isinstance(statement["Action"], list)
                else [statement["Action"]]
            )
        }

        assert f"{name}-function{PHYSICAL_SUFFIX}" == policy.inputs["role"]
        assert {
            "sqs:ReceiveMessage": _queue_arn(name),
            "sqs:DeleteMessage": _queue_arn(name),
            "sqs:GetQueueAttributes": _queue_arn(name),
            "sqs:ChangeMessageVisibility": _queue_arn(name),
            "sqs:SendMessage": [_queue_arn(name), _queue_arn(f"{name}-dlq")],
            "mediaconvert:CreateJob": pipeline,
            "mediaconvert:ListJobs": pipeline,
            "mediaconvert:GetJob": f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:jobs/*",
            "mediaconvert:CancelJob": f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:jobs/*",
            "s3:ListBucketVersions": INPUT_ARN,
            "s3:GetObject": f"{OUTPUT_ARN}-{preset}{PHYSICAL_SUFFIX}/*",
            "s3:ListBucket": f"{OUTPUT_ARN}-{preset}{PHYSICAL_SUFFIX}",
            "dynamodb:GetItem": LEDGER_ARN,
            "dynamodb:BatchGetItem": LEDGER_ARN,
            "dynamodb:PutItem": LEDGER_ARN,
            "dynamodb:UpdateItem": LEDGER_ARN,
            "dynamodb:Query": LEDGER_ARN,
            "sns:Publish": COMPLETED_ARN,
            "iam:PassRole": role,
            "logs:CreateLogStream": [logs],
            "logs:PutLogEvents": [logs],
        } == granted

    def test_the_function_passes_its_role_to_mediaconvert_only(
        self, program: Program, preset: str
    ) -> None:
        """Without PassRole no job can be created; with a free one the role could go elsewhere."""
        policy = program.one(ROLE_POLICY, f"videoconverter-{preset}-function-submits-jobs").policy()
        [statement] = _allowed(policy, "iam:PassRole")

        assert {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}} == statement[
            "Condition"
        ]

    def test_the_pipeline_reads_uploads_and_writes_its_own_bucket(
        self, program: Program, preset: str
    ) -> None:
        """The role of one branch cannot touch what another one made."""
        name = f"videoconverter-{preset}"
        policy = program.one(ROLE_POLICY, f"{name}-pipeline-transcodes").policy()
        granted = {s["Action"]: s["Resource"] for s in policy["Statement"]}

        assert {
            "s3:GetObject": f"{INPUT_ARN}/*",
            "s3:PutObject": f"arn:aws:s3:::videoconverter-output-{preset}{PHYSICAL_SUFFIX}/*",
        } == granted

    def test_a_pipeline_reads_the_buckets_of_its_own_job_alone(
        self, with_own_job: Program, preset: str
    ) -> None:
        """What one preset's job adds to the upload is no other pipeline's to read."""
        policy = with_own_job.one(ROLE_POLICY, f"videoconverter-{preset}-pipeline-transcodes")
        additions = [
            statement["Resource"]
            for statement in policy.policy()["Statement"]
            if statement["Sid"] == "ReadWhatTheJobAdds"
        ]

        assert ([["arn:aws:s3:::brand/*"]] if preset == "720p" else []) == additions

    def test_mediaconvert_assumes_the_role_for_this_pipeline(
        self, program: Program, preset: str
    ) -> None:
        """Another account's pipeline cannot make MediaConvert use this role."""
        name = f"videoconverter-{preset}"
        [statement] = program.one("aws:iam/role:Role", f"{name}-pipeline").policy(
            "assumeRolePolicy"
        )["Statement"]

        assert {"Service": "mediaconvert.amazonaws.com"} == statement["Principal"]
        assert {
            "ArnLike": {"aws:SourceArn": f"{PIPELINE_ARN}-{preset}-???????"},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        } == statement["Condition"]

    def test_the_function_knows_its_branch(self, program: Program, preset: str) -> None:
        """Every setting that the handler reads is there, and belongs to this branch."""
        name = f"videoconverter-{preset}"
        function = program.one(FUNCTION, name).inputs
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}"

        assert "handlers.submit_job.lambda_handler" == function["handler"]
        assert {
            "FANOUT": f"videoconverter-topic{PHYSICAL_SUFFIX}",
            "PRESET": preset,
            "PIPELINE_ARN": f"{PIPELINE_ARN}-{preset}{PHYSICAL_SUFFIX}",
            "PIPELINE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{name}-pipeline{PHYSICAL_SUFFIX}",
            "OUTPUT_BUCKET": f"videoconverter-output-{preset}{PHYSICAL_SUFFIX}",
            "QUEUE_URL": f"{url}/{name}{PHYSICAL_SUFFIX}",
            "DEAD_LETTER_QUEUE_URL": f"{url}/{name}-dlq{PHYSICAL_SUFFIX}",
            "MAX_UPLOAD_BYTES": "0",
            "MAX_UPLOAD_SECONDS": "0",
            "CLAIM_SECONDS": "120",
            "LEDGER_TABLE": f"videoconverter-ledger{PHYSICAL_SUFFIX}",
            "LEDGER_RETENTION_DAYS": "90",
            "COMPLETED_TOPIC_ARN": COMPLETED_ARN,
        } == function["environment"]["variables"]

    def test_the_archive_holds_the_handlers_and_the_job(
        self, program: Program, preset: str
    ) -> None:
        """The job document travels with the code, built when the program ran."""
        code = program.one(FUNCTION, f"videoconverter-{preset}").inputs["code"]
        assert isinstance(code, pulumi.AssetArchive)
        job_asset = code.assets["job.json"]
        assert isinstance(job_asset, pulumi.StringAsset)
        job = json.loads(job_asset.text)
        [output] = job["Settings"]["OutputGroups"][0]["Outputs"]

        assert {p.relative_to(ROOT).as_posix() for p in (ROOT / "handlers").rglob("*.py")} | {
            "job.json",
            "models/mediaconvert/2017-08-29/service-2.json.gz",
        } == set(code.assets)
        assert f"-{preset}" == output["NameModifier"]

    def test_the_function_logs_where_its_role_may_write(
        self, program: Program, preset: str
    ) -> None:
        """The log group is the project's own, so that it has a retention."""
        name = f"videoconverter-{preset}"
        function = program.one(FUNCTION, name).inputs

        assert f"{name}-logs{PHYSICAL_SUFFIX}" == function["loggingConfig"]["logGroup"]


class TestUploadCap:
    """How large and how long an upload may be."""

    def test_a_longest_duration_lets_the_function_read_uploads(self) -> None:
        """MediaConvert's Probe reads in the name of its caller, and before the first message."""
        program = stack("720p", max_upload_seconds=3600, max_upload_bytes=10**9)
        name = "videoconverter-720p-function-reads-uploads"
        statements = program.one(ROLE_POLICY, name).policy()["Statement"]
        variables = program.one(FUNCTION, "videoconverter-720p").inputs["environment"]["variables"]

        assert {"mediaconvert:Probe": "*", "s3:GetObject": f"{INPUT_ARN}/*"} == {
            statement["Action"]: statement["Resource"] for statement in statements
        }
        assert name in program.one(MAPPING, "videoconverter-720p-queue-triggers-function").waits_for
        assert ("3600", "1000000000") == (
            variables["MAX_UPLOAD_SECONDS"],
            variables["MAX_UPLOAD_BYTES"],
        )

    def test_without_one_it_may_not(self, program: Program) -> None:
        """The default gives no right to read what people upload."""
        assert [] == [name for name in program.of_type(ROLE_POLICY) if "reads-uploads" in name]


class TestPipelines:
    """The MediaConvert queues."""

    def test_a_pipeline_runs_jobs_unless_it_is_paused(self) -> None:
        """A paused preset takes jobs and runs none; the provider's documented default is wrong."""
        program = run_main(
            {"presets": [{"name": "720p"}, {"name": "480p", "paused": True}], **DEFAULTS}
        )
        pipelines = program.of_type(PIPELINE)

        assert "ACTIVE" == pipelines["videoconverter-720p"].inputs["status"]
        assert "PAUSED" == pipelines["videoconverter-480p"].inputs["status"]

    def test_presets_can_share_a_pipeline(self) -> None:
        """Both submit to it, and it may assume the role of either branch."""
        program = run_main(
            {
                "presets": [{"name": name, "pipeline": "hd"} for name in ("720p", "1080p")],
                **DEFAULTS,
            }
        )
        arn = f"{PIPELINE_ARN}-hd{PHYSICAL_SUFFIX}"

        assert ["videoconverter-hd"] == list(program.of_type(PIPELINE))
        for preset in PRESETS:
            function = program.one(FUNCTION, f"videoconverter-{preset}").inputs
            role = program.one("aws:iam/role:Role", f"videoconverter-{preset}-pipeline")
            [trust] = role.policy("assumeRolePolicy")["Statement"]
            assert arn == function["environment"]["variables"]["PIPELINE_ARN"]
            assert f"{PIPELINE_ARN}-hd-???????" == trust["Condition"]["ArnLike"]["aws:SourceArn"]

    def test_the_jobs_at_a_time_are_the_preset_s(self) -> None:
        """Without the field the account's quota decides."""
        program = run_main(
            {"presets": [{"name": "720p", "concurrent_jobs": 4}, {"name": "480p"}], **DEFAULTS}
        )
        pipelines = program.of_type(PIPELINE)

        assert 4 == pipelines["videoconverter-720p"].inputs["concurrentJobs"]
        assert "concurrentJobs" not in pipelines["videoconverter-480p"].inputs


class TestTags:
    """What costs and permissions are told apart by."""

    def test_a_branch_is_tagged_with_its_fan_out_and_preset(self, program: Program) -> None:
        """Costs can be split by both; the pipeline's tags are what MediaConvert bills by."""
        for token in (QUEUE, FUNCTION, PIPELINE, BUCKET):
            for name, resource in program.of_type(token).items():
                if "720p" in name:
                    assert {
                        "videoconverter:fanout": f"videoconverter-topic{PHYSICAL_SUFFIX}",
                        "videoconverter:preset": "720p",
                    } == resource.inputs["tags"]

    def test_the_stack_s_tags_are_on_everything(self) -> None:
        """Whatever takes tags has them."""
        program = stack("720p", tags={"team": "films"})
        tagged = [r for r in program.resources if "tags" in r.inputs]

        assert len(tagged) > 10
        assert all("films" == r.inputs["tags"]["team"] for r in tagged)

    def test_a_preset_s_tags_are_on_its_branch(self) -> None:
        """And on no other."""
        program = run_main(
            {"presets": [{"name": "720p", "tags": {"team": "films"}}, {"name": "480p"}], **DEFAULTS}
        )
        owners = {r.name for r in program.resources if r.inputs.get("tags", {}).get("team")}

        assert owners
        assert all("720p" in name for name in owners)


class TestBuckets:
    """The input bucket and every output bucket."""

    def test_no_bucket_is_public(self, any_program: Program) -> None:
        """All four switches are on, for every bucket."""
        blocks = any_program.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
        switches = (
            "blockPublicAcls",
            "blockPublicPolicy",
            "ignorePublicAcls",
            "restrictPublicBuckets",
        )

        assert _physical(any_program) == {block.inputs["bucket"] for block in blocks.values()}
        assert all(block.inputs[switch] is True for block in blocks.values() for switch in switches)

    def test_every_bucket_is_encrypted(self, any_program: Program) -> None:
        """Objects are encrypted whether or not the writer asks for it."""
        settings = any_program.of_type(ENCRYPTION)

        assert _physical(any_program) == {s.inputs["bucket"] for s in settings.values()}
        for setting in settings.values():
            [rule] = setting.inputs["rules"]
            assert {"sseAlgorithm": "AES256"} == rule["applyServerSideEncryptionByDefault"]

    def test_every_bucket_refuses_plain_http(self, any_program: Program) -> None:
        """Both the bucket and its objects are out of reach without TLS."""
        policies = any_program.of_type("aws:s3/bucketPolicy:BucketPolicy")

        assert _physical(any_program) == {p.inputs["bucket"] for p in policies.values()}
        for policy in policies.values():
            arn = f"arn:aws:s3:::{policy.inputs['bucket']}"
            [statement] = [s for s in policy.policy()["Statement"] if s["Effect"] == "Deny"]
            assert ("Deny", "*", [arn, f"{arn}/*"]) == (
                statement["Effect"],
                statement["Principal"],
                statement["Resource"],
            )
            assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]

    def test_a_bucket_is_only_emptied_on_request(self) -> None:
        """`pulumi destroy` keeps people's files unless the stack says otherwise."""
        kept = stack("720p").of_type(BUCKET)
        emptied = stack("720p", force_destroy=True).of_type(BUCKET)

        assert {False} == {bucket.inputs["forceDestroy"] for bucket in kept.values()}
        assert {True} == {bucket.inputs["forceDestroy"] for bucket in emptied.values()}


class TestPresets:
    """Presets in, branches out."""

    def test_seven_presets_are_seven_branches(self) -> None:
        """Every preset of the catalogue gets the same resources under its own name."""
        program = stack(*SEVEN)

        for token in (FUNCTION, PIPELINE, MAPPING, SUBSCRIPTION):
            assert {f"videoconverter-{preset}" for preset in SEVEN} <= {
                "-".join(name.split("-")[:2]) for name in program.of_type(token)
            }

    def test_branches_differ_in_nothing_but_data(self) -> None:
        """Adding a preset adds a branch and changes nothing else."""
        before, after = _shape(stack("720p")), _shape(stack("720p", "480p"))

        assert set(before) <= set(after)
        assert {name for name in after if name not in before} == {
            name.replace("720p", "480p") for name in before if "720p" in name
        }

    def test_the_order_of_presets_means_nothing(self) -> None:
        """Reordering the list changes no resource."""
        one, other = stack("720p", "1080p"), stack("1080p", "720p")

        assert _inputs(one) == _inputs(other)

    def test_a_wrong_preset_fails_while_the_program_runs(self) -> None:
        """Before anything is created, with a message that names the entry."""
        with pytest.raises(PresetError, match="721p"):
            stack("720p", "721p")

    def test_more_presets_than_pipelines_fail_while_the_program_runs(self) -> None:
        """The quota of the config counts, and 0 stands for none."""
        with pytest.raises(PresetError, match="2 presets need 2 pipelines, and the quota is 1"):
            stack(*TWO, pipeline_quota=1)


class TestOutputs:
    """What a caller gets back."""

    def test_the_stack_exports_what_the_component_offers(self, any_program: Program) -> None:
        """Every declared output is registered, and exported under the same name."""
        [registered] = [
            outputs
            for urn, outputs in any_program.registered.items()
            if COMPONENT == urn.split("::")[2].split("$")[-1]
        ]
        declared = {
            name
            for name, kind in TranscodeFanout.__annotations__.items()
            if getattr(kind, "__origin__", kind) is pulumi.Output
        }

        assert declared == set(registered)
        assert dict(registered) == dict(any_program.exports)

    def test_the_keyed_outputs_are_keyed_by_preset(self, program: Program) -> None:
        """A caller looks a branch up by the name that the stack's config gave it."""
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/videoconverter"

        assert {
            preset: f"videoconverter-output-{preset}{PHYSICAL_SUFFIX}" for preset in PRESETS
        } == program.exports["output_buckets"]
        assert {
            preset: f"{url}-{preset}-dlq{PHYSICAL_SUFFIX}" for preset in PRESETS
        } == program.exports["dead_letter_queue_urls"]
        assert f"videoconverter-input{PHYSICAL_SUFFIX}" == program.exports["input_bucket"]

    def test_the_estimate_is_plain_data(self, program: Program) -> None:
        """The stack exports what the command prints, whatever the engine does to numbers."""
        assert report(resolve([{"name": name} for name in TWO])) == program.exports["estimate"]

    def test_two_fan_outs_live_in_one_program(self) -> None:
        """Only `presets` is required, and the name is the caller's."""

        def two() -> None:
            for name in ("films", "clips"):
                TranscodeFanout(name, TranscodeFanoutArgs(presets=[{"name": "720p"}]))

        program = run(two)
        urns = [r.urn for r in program.resources]

        assert sorted(set(urns)) == sorted(urns)
        assert {"films-720p", "clips-720p"} <= set(program.of_type(FUNCTION))


def test_pulumi_yaml_says_the_component_s_defaults() -> None:
    """The engine needs defaults in Pulumi.yaml; they must be the numbers of the component."""
    config = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {key: entry["default"] for key, entry in config.items() if "default" in entry}

    assert defaults == DEFAULTS
    by_yaml = run_main({"presets": [{"name": "720p"}], **defaults})
    by_component = run(
        lambda: TranscodeFanout("videoconverter", TranscodeFanoutArgs(presets=[{"name": "720p"}]))
    )
    assert _inputs(by_yaml) == _inputs(by_component)


def _physical(program: Program) -> set[str]:
    return {f"{name}{PHYSICAL_SUFFIX}" for name in program.of_type(BUCKET)}


def _shape(program: Program) -> set[str]:
    return {f"{r.type} {r.name}" for r in program.resources}


def _inputs(program: Program) -> dict[str, Any]:
    return {
        r.urn: {k: v for k, v in r.inputs.items() if k != "code"}
        for r in program.resources
        if r.type != "pulumi:pulumi:Stack"
    }
