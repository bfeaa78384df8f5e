"""Alarms: what a person has to know before it is too late."""

from collections.abc import Mapping, Sequence

import pulumi_aws as aws
from pulumi import Output

from components import defaults
from components.scope import Scope


class Monitoring:
    """Alarms. They show in CloudWatch, and tell whoever `actions` names."""

    def __init__(self, scope: Scope, *, actions: Sequence[str]) -> None:
        """Remember whom to tell.

        Args:
            scope: what the alarms belong to.
            actions: ARNs that an alarm notifies, such as a topic's; none is allowed.
        """
        self._scope = scope
        self._actions = list(actions)

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
        """Ring while there is still time before the oldest message expires.

        Args:
            name: the logical name, of the queue.
            queue: a queue whose messages wait for something.
        """
        self._alarm(
            f"{name}-is-not-keeping-up",
            "A message has waited for ten days, and expires after fourteen.",
            metric="AWS/SQS ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": queue.name},
            threshold=defaults.OLD_MESSAGE_SECONDS,
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
        dimensions: Mapping[str, Output[str]],
        threshold: int,
    ) -> None:
        namespace, metric_name = metric.split()
        aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric_name,
            dimensions=dimensions,
            # The average of a queue with one message can be below one, and never ring.
            statistic="Maximum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=threshold,
            period=defaults.ALARM_PERIOD_SECONDS,
            evaluation_periods=1,
            # Neither a queue nor a function that nobody uses for a while sends numbers.
            treat_missing_data="notBreaching",
            alarm_actions=self._actions,
            ok_actions=self._actions,
            tags=self._scope.tags,
            opts=self._scope.options(),
        )
