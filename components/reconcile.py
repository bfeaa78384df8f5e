"""Reconcile: what looks, on a schedule and on demand, for whatever was lost on the way."""

import json
from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output

from components import defaults, policies
from components.function import Identity, function, package
from components.intake import Intake
from components.ledger import Ledger
from components.scope import Scope
from handlers.names import RECONCILE_HANDLER, Environment


class Reconcile:
    """The function `reconcile` and its schedules."""

    def __init__(
        self,
        scope: Scope,
        intake: Intake,
        ledger: Ledger,
        *,
        suffixes: Sequence[str],
        layer: Output[str],
    ) -> None:
        """Create them.

        Args:
            scope: what they belong to.
            intake: where uploads come from.
            ledger: what is known of them.
            suffixes: endings of the keys that are transcoded.
            layer: the ARN of the Powertools layer.
        """
        name = f"{scope.name}-reconcile"
        identity = Identity(scope, name)
        self.role = identity.role
        self.log_group = identity.log_group
        permission = aws.iam.RolePolicy(
            f"{name}-function-finds-what-was-lost",
            role=identity.role.name,
            policy=Output.json_dumps(
                Output.all(
                    input_bucket_arn=intake.bucket.arn,
                    ledger_arn=ledger.table.arn,
                    completed_topic_arn=ledger.completed_topic.arn,
                    log_group_arn=identity.log_group.arn,
                    key_arn=scope.key_arn,
                ).apply(lambda arns: policies.function_may_reconcile(**arns))
            ),
            opts=scope.options(),
        )
        self.function = function(
            scope,
            name,
            handler=RECONCILE_HANDLER,
            identity=identity,
            code=package({}),
            layer=layer,
            environment={
                Environment.FANOUT: intake.topic.name,
                Environment.INPUT_BUCKET: intake.bucket.bucket,
                Environment.SUFFIXES: ",".join(suffixes),
                **ledger.environment,
            },
            timeout_seconds=defaults.RECONCILE_TIMEOUT_SECONDS,
        )
        for task, schedule in defaults.RECONCILE_SCHEDULES.items():
            self._schedule(scope, f"{name}-{task}", task, schedule, permission)

    def _schedule(
        self,
        scope: Scope,
        name: str,
        task: str,
        schedule: str,
        permission: aws.iam.RolePolicy,
    ) -> None:
        rule = aws.cloudwatch.EventRule(
            name,
            schedule_expression=schedule,
            tags=scope.tags,
            opts=scope.options(),
        )
        invocation = aws.lambda_.Permission(
            f"{name}-invokes-function",
            action="lambda:InvokeFunction",
            function=self.function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=scope.options(),
        )
        aws.cloudwatch.EventTarget(
            f"{name}-triggers-function",
            rule=rule.name,
            arn=self.function.arn,
            input=json.dumps({"task": task}),
            # A run without its permissions would ring an alarm, in a removal as well.
            opts=scope.options(depends_on=[invocation, permission]),
        )
