"""Alarms: what a person has to know before it is too late."""

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi_aws as aws
from pulumi import Input, Output

from components import defaults
from components.scope import Scope
from handlers.names import OLDEST_WAIT, OldestWaitField

WAITS: Final = "videoconverter"
WAIT: Final = "OldestWait"
"""Namespace and name of the metric that is made from reconcile's log."""


class Monitoring:
    """Alarms. They show in CloudWatch, and tell whoever `actions` names."""

    def __init__(
        self, scope: Scope, *, actions: Input[Sequence[Input[str]]], alarm_after: Input[int]
    ) -> None:
        """Remember whom to tell.

        Args:
            scope: what the alarms belong to.
            actions: ARNs that an alarm notifies, such as a topic's; none is allowed.
            alarm_after: seconds that an upload may be without an end.
        """
        self._scope = scope
        self._actions = actions
        self._alarm_after = alarm_after
        self.alarm_arns: list[Output[str]] = []

    def dead_letters(self, name: str, queue: aws.sqs.Queue) -> None:
        """Ring at the first message that somebody has to look at.

        Args:
            name: the logical name, of the queue.
            queue: a dead-letter queue.
        """
        self._alarm(
            f"{name}-holds-messages",
            "Something was set aside: its attributes say why.",
            metric="AWS/SQS ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.name},
            threshold=1,
        )

    def old_messages(self, name: str, queue: aws.sqs.Queue) -> None:
        """Ring when a function does not take what lies in its queue.

        SQS leaves out what was received three times or more, and with that everything that was
        refused again and again: for that there is `long_waits`.

        Args:
            name: the logical name, of the queue.
            queue: a queue that a function reads.
        """
        self._alarm(
            f"{name}-is-not-keeping-up",
            "A message waits to be taken by the function: it does not run, or not often enough.",
            metric="AWS/SQS ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": queue.name},
            threshold=self._alarm_after,
        )

    def measure_waits(self, name: str, log: aws.cloudwatch.LogGroup) -> None:
        """Make a metric of the lines in which `reconcile` says how long uploads have waited.

        A filter needs no permission of the function and costs nothing beside the metric; what it
        matches can be tested against real lines.

        Args:
            name: the logical name, of the function.
            log: the function's log group.
        """
        aws.cloudwatch.LogMetricFilter(
            f"{name}-tells-oldest-waits",
            log_group_name=log.name,
            pattern=f'{{ $.message = "{OLDEST_WAIT}" }}',
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=WAITS,
                name=WAIT,
                value=f"$.{OldestWaitField.SECONDS}",
                unit="Seconds",
                dimensions={
                    str(field): f"$.{field}"
                    for field in (OldestWaitField.FANOUT, OldestWaitField.PRESET)
                },
            ),
            opts=self._scope.options(),
        )

    def long_waits(self, name: str, preset: str, *, fanout: Output[str]) -> None:
        """Ring when an upload has been without an end for too long, whatever the reason.

        Args:
            name: the logical name, of the branch.
            preset: the preset.
            fanout: name of the fan-out, as `reconcile` logs it.
        """
        self._alarm(
            f"{name}-waits-too-long",
            "An upload has had no rendition and no dead letter for too long: the pipeline is "
            "paused, throttled, unreachable or overloaded. Nothing is lost yet.",
            metric=f"{WAITS} {WAIT}",
            dimensions={OldestWaitField.FANOUT: fanout, OldestWaitField.PRESET: preset},
            threshold=self._alarm_after,
            # The number comes every quarter of an hour; `reconcile_runs` rings when it does not.
            missing="ignore",
        )

    def reconcile_runs(self, name: str, function: aws.lambda_.Function) -> None:
        """Ring when `reconcile` is not run: then nobody measures how long uploads wait.

        Args:
            name: the logical name, of the function.
            function: the function.
        """
        self._alarm(
            f"{name}-does-not-run",
            "The function has not run for an hour: its schedule is off, or Lambda refuses it.",
            metric="AWS/Lambda Invocations",
            dimensions={"FunctionName": function.name},
            threshold=1,
            statistic="Sum",
            comparison="LessThanThreshold",
            period=defaults.RECONCILE_SILENCE_SECONDS,
            missing="breaching",
        )

    def errors(self, name: str, function: aws.lambda_.Function) -> None:
        """Ring when a function that no queue stands behind has failed.

        Args:
            name: the logical name, of the function.
            function: the function.
        """
        self._alarm(
            f"{name}-fails",
            "What was lost on the way is not looked for: the function's log says why.",
            metric="AWS/Lambda Errors",
            dimensions={"FunctionName": function.name},
            threshold=1,
        )

    def _alarm(
        self,
        name: str,
        description: str,
        *,
        metric: str,
        dimensions: Mapping[str, Input[str]],
        threshold: Input[int],
        # The average of a queue with one message can be below one, and never ring.
        statistic: str = "Maximum",
        comparison: str = "GreaterThanOrEqualToThreshold",
        period: int = defaults.ALARM_PERIOD_SECONDS,
        # Neither a queue nor a function that nobody uses for a while sends numbers.
        missing: str = "notBreaching",
    ) -> None:
        namespace, metric_name = metric.split()
        alarm = aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric_name,
            dimensions=dimensions,
            statistic=statistic,
            comparison_operator=comparison,
            threshold=threshold,
            period=period,
            evaluation_periods=1,
            treat_missing_data=missing,
            alarm_actions=self._actions,
            ok_actions=self._actions,
            tags=self._scope.tags,
            opts=self._scope.options(),
        )
        self.alarm_arns.append(alarm.arn)
