"""One preset from the topic to the output bucket: everything that its failure can stop."""

import json
from collections.abc import Mapping, Sequence

import pulumi_aws as aws
from pulumi import Input, Output, Resource

from components import defaults, policies
from components.arguments import as_text
from components.destination import Destination
from components.function import Identity, function, package, queue_triggers
from components.intake import Intake
from components.ledger import Ledger
from components.monitoring import Monitoring
from components.outcome import Outcome
from components.presets import Preset
from components.presets.job_settings import job_document
from components.presets.service_model import model_file
from components.queues import dead_letter_queue, queue_with_redrive
from components.reconcile import Reconcile
from components.scope import PRESET_TAG, Scope
from handlers.names import (
    API_MODELS,
    BRANCHES,
    JOB_DOCUMENT_FILE,
    SUBMIT_JOB_HANDLER,
    BranchAttribute,
    Environment,
    LedgerKey,
)


class Branch:
    """Queue, dead-letter queue and function of one preset, between topic, pipeline and bucket.

    Nothing here is shared with another preset, so one that is down delays no other; a pipeline is,
    when two presets name the same one.
    """

    def __init__(
        self,
        scope: Scope,
        preset: Preset,
        *,
        intake: Intake,
        destination: Destination,
        pipeline: aws.mediaconvert.Queue,
        pipeline_arn: Output[str],
        ledger: Ledger,
        outcome: Outcome,
        reconcile: Reconcile,
        monitoring: Monitoring,
        layer: Output[str],
        function_timeout: int,
        maximum_concurrency: Input[int],
        max_upload_bytes: Input[int],
        max_upload_seconds: int,
        input_kms_key_arns: Sequence[Input[str]],
    ) -> None:
        """Create the branch and, unless the preset is retired, subscribe it to the topic.

        Pulumi deletes what depends on something before that, so the order is also that of a
        removal: nothing new comes in, the function stops, and what it used goes last.

        Args:
            scope: what all of it belongs to.
            preset: what this branch makes of an upload.
            intake: where uploads come from.
            destination: where its renditions go.
            pipeline: the MediaConvert queue that runs its jobs.
            pipeline_arn: its ARN, which the role of the destination trusts.
            ledger: where its uploads are recorded.
            outcome: sends failed jobs back into its queue, or sets them aside.
            reconcile: sends lost uploads back into its queue.
            monitoring: rings when messages wait for too long, or for a person.
            layer: the ARN of the Powertools layer.
            function_timeout: seconds that `submit_job` may work on one batch.
            maximum_concurrency: invocations of `submit_job` at a time.
            max_upload_bytes: the largest upload that becomes a job; 0 for any.
            max_upload_seconds: the longest upload that becomes a job; 0 for any.
            input_kms_key_arns: keys that uploads may be encrypted with, besides the scope's.
        """
        self._name = f"{scope.name}-{preset.name}"
        self._scope = scope = scope.tagged({PRESET_TAG: preset.name, **preset.tags})

        self.pipeline = pipeline
        self.dead_letter_queue = dead_letter_queue(scope, f"{self._name}-dlq")
        self.queue = queue_with_redrive(
            scope,
            self._name,
            self.dead_letter_queue,
            consumer_timeout=function_timeout,
            max_receive_count=defaults.MAX_RECEIVE_COUNT,
        )
        self.output_bucket = destination.bucket
        monitoring.old_messages(self._name, self.queue)
        monitoring.long_waits(self._name, preset.name, fanout=intake.topic.name)
        monitoring.dead_letters(f"{self._name}-dlq", self.dead_letter_queue)
        senders = self._let_send(intake.topic, [outcome.role.arn, reconcile.role.arn])
        entry = self._register_with(ledger, preset)
        if not preset.retired:
            self._subscribe_to(intake.topic, depends_on=[*senders, entry])
        identity = Identity(scope, self._name)
        permissions = [
            self._allow_to_submit_jobs(identity, destination.role, intake.bucket, ledger)
        ]
        if max_upload_seconds > 0:
            permissions.append(self._allow_to_read_uploads(identity, intake.bucket))
        key_arns: list[Input[str]] = [*input_kms_key_arns]
        if scope.key_arn is not None:
            key_arns.append(scope.key_arn)
        if key_arns:
            readers = {"pipeline": destination.role}
            if max_upload_seconds > 0:
                readers["function"] = identity.role
            permissions.extend(self._allow_to_decrypt(readers, intake.bucket, key_arns))
        submit_job = function(
            scope,
            self._name,
            handler=SUBMIT_JOB_HANDLER,
            identity=identity,
            code=package(
                {JOB_DOCUMENT_FILE: json.dumps(job_document(preset), indent=1)},
                {f"{API_MODELS}/{path}": file for path, file in [model_file()]},
            ),
            layer=layer,
            environment={
                # Topic names are unique in an account and region: no other stack's jobs carry it.
                Environment.FANOUT: intake.topic.name,
                Environment.PRESET: preset.name,
                Environment.PIPELINE_ARN: pipeline_arn,
                Environment.PIPELINE_ROLE_ARN: destination.role.arn,
                Environment.OUTPUT_BUCKET: self.output_bucket.bucket,
                Environment.QUEUE_URL: self.queue.url,
                Environment.DEAD_LETTER_QUEUE_URL: self.dead_letter_queue.url,
                Environment.MAX_UPLOAD_BYTES: as_text(max_upload_bytes),
                Environment.MAX_UPLOAD_SECONDS: str(max_upload_seconds),
                Environment.CLAIM_SECONDS: str(defaults.claim_seconds(function_timeout)),
                **ledger.environment,
            },
            timeout_seconds=function_timeout,
        )
        queue_triggers(
            scope,
            f"{self._name}-queue-triggers-function",
            self.queue,
            submit_job,
            maximum_concurrency=maximum_concurrency,
            # No upload is submitted before everything that becomes of it has its permissions.
            permissions=[*permissions, destination.permission, *senders, entry],
        )

    def _let_send(
        self, topic: aws.sns.Topic, sender_role_arns: Sequence[Output[str]]
    ) -> list[aws.sqs.QueuePolicy]:
        return [
            aws.sqs.QueuePolicy(
                f"{name}-takes-from-topic",
                queue_url=queue.url,
                policy=Output.json_dumps(
                    Output.all(queue.arn, topic.arn, *sender_role_arns).apply(
                        lambda arns: policies.queue_takes_from(
                            arns[0], topic_arn=arns[1], sender_role_arns=arns[2:]
                        )
                    )
                ),
                opts=self._scope.options(),
            )
            for name, queue in (
                (self._name, self.queue),
                (f"{self._name}-dlq", self.dead_letter_queue),
            )
        ]

    def _subscribe_to(self, topic: aws.sns.Topic, *, depends_on: Sequence[Resource]) -> None:
        aws.sns.TopicSubscription(
            f"{self._name}-subscribes-to-topic",
            topic=topic.arn,
            protocol="sqs",
            endpoint=self.queue.arn,
            raw_message_delivery=True,
            # SNS gives a message up at once when the queue refuses it; this is where it then goes.
            redrive_policy=Output.json_dumps({"deadLetterTargetArn": self.dead_letter_queue.arn}),
            # An upload between the subscription and the policy would be refused by the queue.
            opts=self._scope.options(depends_on=depends_on),
        )

    def _register_with(self, ledger: Ledger, preset: Preset) -> aws.dynamodb.TableItem:
        """Put the addresses of the branch where the shared functions find them.

        Their environment would hold those of a few presets: Lambda limits it to 4 KB.
        """
        return aws.dynamodb.TableItem(
            f"{self._name}-is-in-ledger",
            table_name=ledger.table.name,
            hash_key=ledger.table.hash_key,
            range_key=ledger.table.range_key.apply(str),
            item=Output.json_dumps(
                {
                    LedgerKey.PARTITION: {"S": BRANCHES},
                    LedgerKey.SORT: {"S": preset.name},
                    BranchAttribute.QUEUE_URL: {"S": self.queue.url},
                    BranchAttribute.DEAD_LETTER_QUEUE_URL: {"S": self.dead_letter_queue.url},
                    BranchAttribute.RETIRED: {"BOOL": preset.retired},
                }
            ),
            opts=self._scope.options(),
        )

    def _allow_to_submit_jobs(
        self,
        identity: Identity,
        pipeline_role: aws.iam.Role,
        input_bucket: aws.s3.Bucket,
        ledger: Ledger,
    ) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self._name}-function-submits-jobs",
            role=identity.role.name,
            policy=Output.json_dumps(
                Output.all(
                    queue_arn=self.queue.arn,
                    dead_letter_queue_arn=self.dead_letter_queue.arn,
                    pipeline_arn=self.pipeline.arn,
                    pipeline_role_arn=pipeline_role.arn,
                    input_bucket_arn=input_bucket.arn,
                    output_bucket_arn=self.output_bucket.arn,
                    ledger_arn=ledger.table.arn,
                    completed_topic_arn=ledger.completed_topic.arn,
                    log_group_arn=identity.log_group.arn,
                    key_arn=self._scope.key_arn,
                ).apply(lambda arns: policies.function_may_submit_jobs(**arns))
            ),
            opts=self._scope.options(),
        )

    def _allow_to_read_uploads(
        self, identity: Identity, input_bucket: aws.s3.Bucket
    ) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self._name}-function-reads-uploads",
            role=identity.role.name,
            policy=Output.json_dumps(input_bucket.arn.apply(policies.function_may_read_uploads)),
            opts=self._scope.options(),
        )

    def _allow_to_decrypt(
        self,
        readers: Mapping[str, aws.iam.Role],
        input_bucket: aws.s3.Bucket,
        key_arns: Sequence[Input[str]],
    ) -> list[aws.iam.RolePolicy]:
        return [
            aws.iam.RolePolicy(
                f"{self._name}-{reader}-decrypts-uploads",
                role=role.name,
                policy=Output.json_dumps(
                    Output.all(input_bucket.arn, *key_arns).apply(
                        lambda arns: policies.role_may_decrypt_uploads(arns[0], arns[1:])
                    )
                ),
                opts=self._scope.options(),
            )
            for reader, role in readers.items()
        ]
