"""The public component: one topic, and a branch for each preset."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi import Input, Output

from components import arguments, defaults
from components.branch import Branch
from components.dashboard import Dashboard, dashboard_problems
from components.destination import Destination
from components.encryption import created_key
from components.estimate import report
from components.function import powertools_layer
from components.intake import Intake
from components.ledger import Ledger
from components.monitoring import Monitoring
from components.outcome import Outcome
from components.physical_names import name_problems
from components.pipelines import arn_pattern, pipelines, trusted_arn
from components.presets import PresetArgs, resolve
from components.reconcile import Reconcile
from components.scope import FANOUT_TAG, Scope
from components.suffixes import case_forms


class TranscodeFanoutArgs(TypedDict):
    """What a fan-out needs to know. Values that decide what is created are plain."""

    presets: Sequence[PresetArgs]
    """The renditions that every upload becomes: one branch each. Their order means nothing."""

    suffixes: NotRequired[Sequence[str]]
    """Endings of the keys that are transcoded, in either case. Default: `.mp4`."""

    function_timeout: NotRequired[int]
    """Seconds that a function may work on a batch, 10 to 60: with fewer it could die over a silent
    service. Default: 10. The time that a queue hides a message for is derived from it."""

    maximum_concurrency: NotRequired[Input[int]]
    """Invocations of a function at a time, per branch, 2 to 1,000. Default: 2."""

    max_upload_bytes: NotRequired[Input[int]]
    """The largest upload that becomes a job, in bytes; a larger one goes to the dead-letter queues
    and costs nothing. Default: 0, which is any."""

    max_upload_seconds: NotRequired[int]
    """The longest upload that becomes a job, in seconds; MediaConvert's Probe tells how long it is,
    for which `submit_job` may read uploads. Default: 0, which is any."""

    log_retention_days: NotRequired[Input[int]]
    """Days that logs are kept; one of CloudWatch's values. Default: 30."""

    force_destroy: NotRequired[bool]
    """Let Pulumi delete buckets with the objects in them, when a preset or the stack goes. Default:
    false; it then forgets the buckets, and leaves them with all their settings."""

    alarm_actions: NotRequired[Input[Sequence[Input[str]]]]
    """ARNs that alarms notify, such as a topic's. Default: none; alarms show in CloudWatch."""

    alarm_after_seconds: NotRequired[Input[int]]
    """Seconds that an upload may be without rendition and dead letter before an alarm rings, 3,600
    to 864,000. Default: 14,400, four hours."""

    ledger_retention_days: NotRequired[Input[int]]
    """Days that the ledger remembers an upload, 29 or more: longer than a message and its dead
    letter live. Default: 90."""

    deletion_protection: NotRequired[Input[bool]]
    """Refuse to delete the ledger, even in `pulumi destroy`. Default: false."""

    pipeline_quota: NotRequired[int]
    """MediaConvert queues that the account has left for this fan-out; presets that need more are
    refused. Default: 0, not checked."""

    input_kms_key_arns: NotRequired[Sequence[Input[str]]]
    """ARNs of the KMS keys that uploads may be encrypted with (SSE-KMS); pipelines may decrypt
    uploads with them, and nothing else. A key's own policy has to allow the account, and a key of
    another account these roles. Default: none; a job for such an upload ends in error 1401."""

    kms_key: NotRequired[str]
    """ARN of a KMS key in this region that encrypts everything: buckets, queues, topics, ledger and
    logs. Its policy has to let the services use it that docs/encryption.md lists. Default: none;
    AWS's own keys encrypt."""

    create_key: NotRequired[bool]
    """Create such a key, with that policy; it is left where buckets are left. Default: false."""

    dashboard: NotRequired[bool]
    """Create a page of CloudWatch with a column for each preset, three dollars a month. Default:
    false."""

    iam_path: NotRequired[str]
    """Path of every role, such as `/media/`. To change it replaces the roles. Default: none, which
    is IAM's `/`."""

    permissions_boundary: NotRequired[Input[str]]
    """ARN of the policy that no role may go beyond; docs/permissions.md has the least that it must
    allow. Default: none."""

    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Tags of every resource, besides those that tell fan-outs and presets apart. Default: none."""


class TranscodeFanout(pulumi.ComponentResource):
    """Everything between an upload and its renditions: intake, topic, and a branch per preset."""

    input_bucket: Output[str]
    """Name of the bucket that uploads go to."""

    topic_arn: Output[str]
    """ARN of the topic on which S3 publishes every upload."""

    output_buckets: Output[Mapping[str, str]]
    """Names of the buckets that renditions come to, by preset."""

    queue_urls: Output[Mapping[str, str]]
    """URLs of the queues in which messages wait for a pipeline, by preset."""

    dead_letter_queue_urls: Output[Mapping[str, str]]
    """URLs of the queues in which messages wait for a person, by preset."""

    pipeline_arns: Output[Mapping[str, str]]
    """ARNs of the MediaConvert queues, by preset."""

    completed_topic_arn: Output[str]
    """ARN of the topic on which completed renditions and assets are announced."""

    ledger_table: Output[str]
    """Name of the table that says what has become of every upload."""

    reconcile_function: Output[str]
    """Name of the function that finds what was lost, to invoke it on demand."""

    estimate: Output[Mapping[str, Any]]
    """What the presets will cost, in dollars: an hour of source, and a thousand uploads of ten
    minutes, by preset and service."""

    def __init__(
        self, name: str, args: TranscodeFanoutArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the fan-out.

        Args:
            name: logical name; the name of every resource in it starts with it.
            args: see `TranscodeFanoutArgs`.
            opts: options of the component; its resources inherit what Pulumi lets them inherit.

        Raises:
            PresetError: the presets cannot work; the message lists everything that is wrong.
            ArgumentError: another argument cannot work, or the names of resources are too long.
        """
        super().__init__("videoconverter:index:TranscodeFanout", name, None, opts)
        args = cast(
            "TranscodeFanoutArgs", arguments.read(args, TranscodeFanoutArgs.__annotations__)
        )
        presets = resolve(args["presets"], pipeline_quota=args.get("pipeline_quota", 0))
        arguments.refuse(name_problems(name, presets))
        if args.get("dashboard", False):
            arguments.refuse(dashboard_problems(presets))
        suffixes = case_forms(args.get("suffixes", defaults.SUFFIXES))
        function_timeout = args.get("function_timeout", defaults.FUNCTION_TIMEOUT_SECONDS)
        maximum_concurrency = args.get("maximum_concurrency", defaults.MAXIMUM_CONCURRENCY)
        scope = Scope(
            name=name,
            parent=self,
            tags=args.get("tags", {}),
            log_retention_days=args.get("log_retention_days", defaults.LOG_RETENTION_DAYS),
            force_destroy=args.get("force_destroy", False),
            iam_path=args.get("iam_path", ""),
            permissions_boundary=args.get("permissions_boundary", ""),
        )
        if args.get("create_key", False):
            scope = replace(scope, key_arn=created_key(scope))
        elif kms_key := args.get("kms_key", ""):
            scope = replace(scope, key_arn=Output.from_input(kms_key))

        intake = Intake(scope.part("Intake", "intake"), suffixes=suffixes)
        # A topic's name is unique in its account and region.
        scope = scope.tagged({FANOUT_TAG: intake.topic.name})
        layer = powertools_layer(scope)
        ledger = Ledger(
            scope.part("Ledger", "ledger"),
            retention_days=args.get("ledger_retention_days", defaults.LEDGER_RETENTION_DAYS),
            deletion_protection=args.get("deletion_protection", False),
        )
        outcome = Outcome(
            scope.part("Outcome", "outcome"),
            ledger,
            fanout=intake.topic.name,
            layer=layer,
            function_timeout=function_timeout,
            maximum_concurrency=maximum_concurrency,
        )
        reconcile = Reconcile(
            scope.part("Reconcile", "reconcile"), intake, ledger, suffixes=suffixes, layer=layer
        )
        of_monitoring = scope.part("Monitoring", "monitoring")
        monitoring = Monitoring(
            of_monitoring,
            actions=args.get("alarm_actions", []),
            alarm_after=args.get("alarm_after_seconds", defaults.ALARM_AFTER_SECONDS),
        )
        monitoring.dead_letters(f"{name}-outcome-dlq", outcome.dead_letter_queue)
        monitoring.errors(f"{name}-reconcile", reconcile.function)
        monitoring.reconcile_runs(f"{name}-reconcile", reconcile.function)
        monitoring.measure_waits(f"{name}-reconcile", reconcile.log_group)
        pattern = {
            preset.name: arn_pattern(scope, preset.pipeline, intake.topic.arn) for preset in presets
        }
        part = {preset.name: scope.part("Branch", preset.name) for preset in presets}
        destination = {
            preset.name: Destination(
                part[preset.name],
                preset,
                intake=intake,
                outcome=outcome,
                reconcile=reconcile,
                pipeline_pattern=pattern[preset.name],
            )
            for preset in presets
        }
        pipeline = pipelines(scope, presets, part, destination)
        branches = {
            preset.name: Branch(
                part[preset.name],
                preset,
                intake=intake,
                destination=destination[preset.name],
                pipeline=pipeline[preset.pipeline],
                pipeline_arn=trusted_arn(pipeline[preset.pipeline], pattern[preset.name]),
                ledger=ledger,
                outcome=outcome,
                reconcile=reconcile,
                monitoring=monitoring,
                layer=layer,
                function_timeout=function_timeout,
                maximum_concurrency=maximum_concurrency,
                max_upload_bytes=args.get("max_upload_bytes", 0),
                max_upload_seconds=args.get("max_upload_seconds", 0),
                input_kms_key_arns=args.get("input_kms_key_arns", []),
            )
            for preset in presets
        }
        if args.get("dashboard", False):
            Dashboard(
                of_monitoring,
                intake,
                monitoring,
                {
                    preset: {
                        "queue": branch.queue.name,
                        "dead_letter_queue": branch.dead_letter_queue.name,
                        "pipeline": branch.pipeline.arn,
                    }
                    for preset, branch in branches.items()
                },
            )

        self.input_bucket = intake.bucket.bucket
        self.topic_arn = intake.topic.arn
        self.output_buckets = Output.all(
            **{preset: branch.output_bucket.bucket for preset, branch in branches.items()}
        )
        self.queue_urls = Output.all(
            **{preset: branch.queue.url for preset, branch in branches.items()}
        )
        self.dead_letter_queue_urls = Output.all(
            **{preset: branch.dead_letter_queue.url for preset, branch in branches.items()}
        )
        self.pipeline_arns = Output.all(
            **{preset: branch.pipeline.arn for preset, branch in branches.items()}
        )
        self.completed_topic_arn = ledger.completed_topic.arn
        self.ledger_table = ledger.table.name
        self.reconcile_function = reconcile.function.name
        self.estimate = Output.from_input(report(presets))
        self.register_outputs(
            {
                "input_bucket": self.input_bucket,
                "topic_arn": self.topic_arn,
                "output_buckets": self.output_buckets,
                "queue_urls": self.queue_urls,
                "dead_letter_queue_urls": self.dead_letter_queue_urls,
                "pipeline_arns": self.pipeline_arns,
                "completed_topic_arn": self.completed_topic_arn,
                "ledger_table": self.ledger_table,
                "reconcile_function": self.reconcile_function,
                "estimate": self.estimate,
            }
        )
