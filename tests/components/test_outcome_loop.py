"""What the fan-out creates to learn how jobs ended, and to find what was lost."""

import json

import pytest

from components import ArgumentError
from tests.components.conftest import DEFAULTS, stack
from tests.engine import ACCOUNT, PHYSICAL_SUFFIX, REGION, Program, run_main

QUEUE = "aws:sqs/queue:Queue"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
FUNCTION = "aws:lambda/function:Function"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"

FANOUT = f"videoconverter-topic{PHYSICAL_SUFFIX}"
LEDGER_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/videoconverter-ledger{PHYSICAL_SUFFIX}"
COMPLETED_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:videoconverter-completed{PHYSICAL_SUFFIX}"
RULE_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/videoconverter-outcome-of-jobs{PHYSICAL_SUFFIX}"

LONGEST_PATTERN = 2_048
LONGEST_ROLE_POLICIES = 10_240
LARGEST_ENVIRONMENT = 4_096
"""Characters or bytes, of an EventBridge pattern, a role's inline policies, Lambda's variables."""


def _queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}{PHYSICAL_SUFFIX}"


def _granted(program: Program, name: str) -> dict[str, object]:
    statements = program.one(ROLE_POLICY, name).policy()["Statement"]
    return {
        action: statement["Resource"]
        for statement in statements
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }


class TestRule:
    """From MediaConvert's events to the outcome queue."""

    def test_only_this_fan_out_s_jobs_are_heard(self, program: Program) -> None:
        """By the metadata of the job: never the account's other jobs, nor another stack's."""
        pattern = json.loads(
            program.one(RULE, "videoconverter-outcome-of-jobs").inputs["eventPattern"]
        )

        assert {
            "source": ["aws.mediaconvert"],
            "detail-type": ["MediaConvert Job State Change"],
            "detail": {
                "status": ["COMPLETE", "ERROR", "CANCELED"],
                "userMetadata": {"fanout": [FANOUT]},
            },
        } == pattern

    @pytest.mark.parametrize("ending", ["", "-dlq"])
    def test_the_rule_may_send(self, program: Program, ending: str) -> None:
        """EventBridge drops what a queue without such a policy refuses."""
        name = f"videoconverter-outcome{ending}"
        policy = program.one(QUEUE_POLICY, f"{name}-takes-from-rule").policy()
        [statement] = [s for s in policy["Statement"] if s["Effect"] == "Allow"]

        assert {"Service": "events.amazonaws.com"} == statement["Principal"]
        assert ("sqs:SendMessage", _queue_arn(name)) == (statement["Action"], statement["Resource"])
        assert {
            "ArnEquals": {"aws:SourceArn": RULE_ARN},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        } == statement["Condition"]

    def test_the_rule_feeds_the_queue(self, program: Program) -> None:
        """Once both queues let it, and with somewhere to put what does not get through."""
        target = program.one(TARGET, "videoconverter-outcome-of-jobs-feeds-queue")

        assert f"videoconverter-outcome-of-jobs{PHYSICAL_SUFFIX}" == target.inputs["rule"]
        assert _queue_arn("videoconverter-outcome") == target.inputs["arn"]
        assert {"arn": _queue_arn("videoconverter-outcome-dlq")} == target.inputs[
            "deadLetterConfig"
        ]
        assert {
            "videoconverter-outcome-takes-from-rule",
            "videoconverter-outcome-dlq-takes-from-rule",
        } <= target.waits_for

    def test_an_outcome_that_cannot_be_recorded_is_kept(self, program: Program) -> None:
        """After ten deliveries it is set aside, as long as every message."""
        queue = program.one(QUEUE, "videoconverter-outcome").inputs

        assert {
            "deadLetterTargetArn": _queue_arn("videoconverter-outcome-dlq"),
            "maxReceiveCount": 10,
        } == json.loads(queue["redrivePolicy"])
        assert 1_209_600 == queue["messageRetentionSeconds"]


class TestFunctions:
    """`job_outcome` and `reconcile`."""

    def test_job_outcome_may_record_and_announce(self, program: Program) -> None:
        """And consume its queue; that it may send to the branches' queues they say themselves."""
        queue = _queue_arn("videoconverter-outcome")
        logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:videoconverter-outcome-logs"
        granted = _granted(program, "videoconverter-outcome-function-records-outcomes")

        assert {
            "sqs:ReceiveMessage": queue,
            "sqs:DeleteMessage": queue,
            "sqs:GetQueueAttributes": queue,
            "dynamodb:GetItem": LEDGER_ARN,
            "dynamodb:BatchGetItem": LEDGER_ARN,
            "dynamodb:PutItem": LEDGER_ARN,
            "dynamodb:UpdateItem": LEDGER_ARN,
            "dynamodb:Query": LEDGER_ARN,
            "sns:Publish": COMPLETED_ARN,
            "logs:CreateLogStream": [f"{logs}{PHYSICAL_SUFFIX}:*"],
            "logs:PutLogEvents": [f"{logs}{PHYSICAL_SUFFIX}:*"],
        } == granted

    def test_reconcile_may_look_and_ask(self, program: Program) -> None:
        """It lists uploads, reads what is not settled, and asks what became of a job."""
        logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:videoconverter-reconcile-logs"
        policy = program.one(ROLE_POLICY, "videoconverter-reconcile-function-finds-what-was-lost")
        resources = {s["Sid"]: s["Resource"] for s in policy.policy()["Statement"]}

        assert {
            "ListUploads": f"arn:aws:s3:::videoconverter-input{PHYSICAL_SUFFIX}",
            "CancelOvertakenJobs": f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:jobs/*",
            "UseTheLedger": LEDGER_ARN,
            "FindWhatIsNotSettled": f"{LEDGER_ARN}/index/open",
            "AnnounceWhatIsComplete": COMPLETED_ARN,
            "WriteLogs": [f"{logs}{PHYSICAL_SUFFIX}:*"],
        } == resources

    def test_reconcile_may_read_the_names_in_output_buckets(self, program: Program) -> None:
        """Each output bucket says so itself, names only; the bucket of uploads is not opened up."""
        role = f"arn:aws:iam::{ACCOUNT}:role/videoconverter-reconcile-function{PHYSICAL_SUFFIX}"
        allowed = {
            statement["Resource"]: (statement["Principal"], statement["Action"])
            for policy in program.of_type("aws:s3/bucketPolicy:BucketPolicy").values()
            for statement in policy.policy()["Statement"]
            if statement["Effect"] == "Allow"
        }

        assert {
            f"arn:aws:s3:::videoconverter-output-{preset}{PHYSICAL_SUFFIX}": (
                {"AWS": [role]},
                "s3:ListBucket",
            )
            for preset in ("720p", "1080p")
        } == allowed

    def test_reconcile_runs_by_itself(self, program: Program) -> None:
        """Each task has a schedule that may invoke the function, and says what is to be done."""
        function = f"videoconverter-reconcile{PHYSICAL_SUFFIX}"
        for task, schedule in (("ledger", "rate(15 minutes)"), ("uploads", "rate(1 hour)")):
            name = f"videoconverter-reconcile-{task}"
            target = program.one(TARGET, f"{name}-triggers-function").inputs
            permission = program.one(
                "aws:lambda/permission:Permission", f"{name}-invokes-function"
            ).inputs

            assert schedule == program.one(RULE, name).inputs["scheduleExpression"]
            assert {"task": task} == json.loads(target["input"])
            assert target["arn"].endswith(f":function:{function}")
            assert ("events.amazonaws.com", function) == (
                permission["principal"],
                permission["function"],
            )
            assert permission["sourceArn"].endswith(f":rule/{name}{PHYSICAL_SUFFIX}")

    def test_the_shared_functions_know_the_fan_out(self, program: Program) -> None:
        """What they read from their environment is there."""
        shared = {
            "FANOUT": FANOUT,
            "LEDGER_TABLE": f"videoconverter-ledger{PHYSICAL_SUFFIX}",
            "LEDGER_RETENTION_DAYS": "90",
            "COMPLETED_TOPIC_ARN": COMPLETED_ARN,
        }
        outcome = program.one(FUNCTION, "videoconverter-outcome").inputs
        reconcile = program.one(FUNCTION, "videoconverter-reconcile").inputs

        assert shared == outcome["environment"]["variables"]
        assert {
            **shared,
            "INPUT_BUCKET": f"videoconverter-input{PHYSICAL_SUFFIX}",
            "SUFFIXES": ".mp4,.MP4",
        } == reconcile["environment"]["variables"]


class TestLedger:
    """The table and the completed topic."""

    def test_the_ledger_is_safe(self, program: Program) -> None:
        """It can be restored to any second, is encrypted, and forgets by itself."""
        table = program.one("aws:dynamodb/table:Table", "videoconverter-ledger").inputs

        assert {"enabled": True} == table["pointInTimeRecovery"]
        assert {"enabled": True} == table["serverSideEncryption"]
        assert {"enabled": True, "attributeName": "expires_at"} == table["ttl"]
        assert "PAY_PER_REQUEST" == table["billingMode"]

    def test_the_ledger_is_protected_where_the_stack_asks(self) -> None:
        """A production stack cannot lose it to `pulumi destroy`."""
        name = "videoconverter-ledger"
        free = stack("720p").one("aws:dynamodb/table:Table", name)
        held = stack("720p", deletion_protection=True).one("aws:dynamodb/table:Table", name)

        assert free.inputs["deletionProtectionEnabled"] is False
        assert held.inputs["deletionProtectionEnabled"] is True

    def test_nobody_announces_without_tls(self, program: Program) -> None:
        """The completed topic is encrypted, at rest and on the way."""
        topic = program.one("aws:sns/topic:Topic", "videoconverter-completed").inputs
        [statement] = program.one(
            "aws:sns/topicPolicy:TopicPolicy", "videoconverter-completed-refuses-plain-http"
        ).policy()["Statement"]

        assert "alias/aws/sns" == topic["kmsMasterKeyId"]
        assert ("Deny", "sns:Publish", COMPLETED_ARN) == (
            statement["Effect"],
            statement["Action"],
            statement["Resource"],
        )


def test_what_is_shared_does_not_grow_with_the_presets() -> None:
    """Pattern, environment and policies are as long with 50 presets as with one: so with 200."""
    one, fifty = (
        run_main(
            {
                "presets": [
                    {"name": f"box-{number:02}", "width": 320, "height": 180}
                    for number in range(presets)
                ],
                **DEFAULTS,
            }
        )
        for presets in (1, 50)
    )
    largest = {name: _sizes(program) for name, program in (("one", one), ("fifty", fifty))}

    assert largest["one"] == largest["fifty"]
    pattern, environment, policies = largest["fifty"]
    assert pattern <= LONGEST_PATTERN
    assert environment <= LARGEST_ENVIRONMENT
    assert policies <= LONGEST_ROLE_POLICIES


def _sizes(program: Program) -> tuple[int, int, int]:
    """The longest pattern, environment and sum of a role's policies in the program."""
    roles: dict[str, int] = {}
    for policy in program.of_type(ROLE_POLICY).values():
        role = policy.inputs["role"]
        roles[role] = roles.get(role, 0) + len(policy.inputs["policy"])
    return (
        max(len(rule.inputs.get("eventPattern", "")) for rule in program.of_type(RULE).values()),
        max(
            sum(len(key) + len(value) for key, value in variables.items())
            for function in program.of_type(FUNCTION).values()
            for variables in [function.inputs["environment"]["variables"]]
        ),
        max(roles.values()),
    )


@pytest.mark.parametrize(
    ("argument", "wrong", "told"),
    [
        ("function_timeout", 61, "from 10 to 60"),
        ("function_timeout", 9, "from 10 to 60"),
        ("maximum_concurrency", 1, "from 2 to 1,000"),
        ("log_retention_days", 31, "30, 60"),
        ("ledger_retention_days", 28, "from 29"),
    ],
)
def test_numbers_out_of_range_are_refused(argument: str, wrong: int, told: str) -> None:
    """While the program runs, by name, with what is allowed."""
    with pytest.raises(ArgumentError, match=f"{argument} is {wrong}.*{told}"):
        stack("720p", **{argument: wrong})
