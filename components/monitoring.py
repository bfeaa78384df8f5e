"""Alarms: what a person has to know before it is too late."""

from collections.abc import Sequence

import pulumi_aws as aws

from components import defaults
from components.scope import Scope


class Monitoring:
    """Alarms on queues. They show in CloudWatch, and tell whoever `actions` names."""

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
            queue,
            metric="ApproximateNumberOfMessagesVisible",
            threshold=1,
            description="Something was set aside: its attributes say why.",
        )

    def old_messages(self, name: str, queue: aws.sqs.Queue) -> None:
        """Ring while there is still time before the oldest message expires.

        Args:
            name: the logical name, of the queue.
            queue: a queue whose messages wait for something.
        """
        self._alarm(
            f"{name}-is-not-keeping-up",
            queue,
            metric="ApproximateAgeOfOldestMessage",
            threshold=defaults.OLD_MESSAGE_SECONDS,
            description="A message has waited for ten days, and expires after fourteen.",
        )

    def _alarm(
        self, name: str, queue: aws.sqs.Queue, *, metric: str, threshold: int, description: str
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=description,
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions={"QueueName": queue.name},
            # The average of a queue with one message can be below one, and never ring.
            statistic="Maximum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=threshold,
            period=defaults.ALARM_PERIOD_SECONDS,
            evaluation_periods=1,
            # SQS sends no numbers of a queue that nobody has used for a while.
            treat_missing_data="notBreaching",
            alarm_actions=self._actions,
            ok_actions=self._actions,
            tags=self._scope.tags,
            opts=self._scope.options(),
        )
