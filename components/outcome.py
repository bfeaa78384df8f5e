"""The outcome loop: what became of a job, from MediaConvert to the ledger."""

import pulumi_aws as aws
from pulumi import Input, Output

from components import defaults, policies
from components.function import Identity, function, package, queue_triggers
from components.ledger import Ledger
from components.queues import dead_letter_queue, queue_with_redrive
from components.scope import Scope
from handlers.names import JOB_OUTCOME_HANDLER, Environment, JobMetadata

_FINAL_STATES = ["COMPLETE", "ERROR", "CANCELED"]
"""What a job's events say when nothing more will happen to it."""


class Outcome:
    """The rule on this fan-out's jobs, the queue behind it, and `job_outcome`."""

    def __init__(
        self,
        scope: Scope,
        ledger: Ledger,
        *,
        fanout: Output[str],
        layer: Output[str],
        function_timeout: int,
        maximum_concurrency: Input[int],
    ) -> None:
        """Create all of it.

        Args:
            scope: what it belongs to.
            ledger: where the outcome is recorded, and the topic that it is announced on.
            fanout: what the jobs of this fan-out carry, and no others.
            layer: the ARN of the Powertools layer.
            function_timeout: seconds that `job_outcome` may work on a batch.
            maximum_concurrency: invocations of `job_outcome` at a time.
        """
        name = f"{scope.name}-outcome"
        self.dead_letter_queue = dead_letter_queue(scope, f"{name}-dlq")
        self.queue = queue_with_redrive(
            scope,
            name,
            self.dead_letter_queue,
            consumer_timeout=function_timeout,
            max_receive_count=defaults.OUTCOME_MAX_RECEIVE_COUNT,
        )
        self._feed_from_rule(scope, name, fanout)
        identity = Identity(scope, name)
        self.role = identity.role
        permission = aws.iam.RolePolicy(
            f"{name}-function-records-outcomes",
            role=identity.role.name,
            policy=Output.json_dumps(
                Output.all(
                    queue_arn=self.queue.arn,
                    ledger_arn=ledger.table.arn,
                    completed_topic_arn=ledger.completed_topic.arn,
                    log_group_arn=identity.log_group.arn,
                    key_arn=scope.key_arn,
                ).apply(lambda arns: policies.function_may_record_outcomes(**arns))
            ),
            opts=scope.options(),
        )
        job_outcome = function(
            scope,
            name,
            handler=JOB_OUTCOME_HANDLER,
            identity=identity,
            code=package({}),
            layer=layer,
            environment={Environment.FANOUT: fanout, **ledger.environment},
            timeout_seconds=function_timeout,
        )
        queue_triggers(
            scope,
            f"{name}-queue-triggers-function",
            self.queue,
            job_outcome,
            maximum_concurrency=maximum_concurrency,
            permissions=[permission],
        )

    def _feed_from_rule(self, scope: Scope, name: str, fanout: Output[str]) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{name}-of-jobs",
            description="How the jobs of this fan-out, and of no other, came to an end.",
            event_pattern=Output.json_dumps(fanout.apply(event_pattern)),
            tags=scope.tags,
            opts=scope.options(),
        )
        permissions = [
            aws.sqs.QueuePolicy(
                f"{queue_name}-takes-from-rule",
                queue_url=queue.url,
                policy=Output.json_dumps(
                    Output.all(queue.arn, rule.arn).apply(
                        lambda arns: policies.rule_may_send(*arns)
                    )
                ),
                opts=scope.options(),
            )
            for queue_name, queue in (
                (name, self.queue),
                (f"{name}-dlq", self.dead_letter_queue),
            )
        ]
        aws.cloudwatch.EventTarget(
            f"{name}-of-jobs-feeds-queue",
            rule=rule.name,
            arn=self.queue.arn,
            dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(
                arn=self.dead_letter_queue.arn
            ),
            # An event between the target and the policy would go astray.
            opts=scope.options(depends_on=permissions),
        )


def event_pattern(fanout: str) -> dict[str, object]:
    """Which events of the account are this fan-out's outcomes.

    By the jobs' own metadata: a list of pipelines would outgrow the 2,048 characters that a
    pattern may have at some two dozen presets.
    """
    return {
        "source": ["aws.mediaconvert"],
        "detail-type": ["MediaConvert Job State Change"],
        "detail": {
            "status": _FINAL_STATES,
            "userMetadata": {JobMetadata.FANOUT: [fanout]},
        },
    }
