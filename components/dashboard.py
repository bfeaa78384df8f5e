"""One page of CloudWatch that shows whether a fan-out works: a column for each preset."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pulumi_aws as aws
from pulumi import Output

from components.intake import Intake
from components.monitoring import WAIT, WAITS, Monitoring
from components.presets import Preset
from components.scope import Scope
from handlers.names import OldestWaitField

GRID_COLUMNS: Final = 24
"""Units in the width of a dashboard (CloudWatch API, dashboard body)."""

COLUMNS_IN_A_ROW: Final = 6
"""Presets beside each other; narrower numbers cannot be read."""

MOST_ALARMS: Final = 100
MOST_WIDGETS: Final = 500
"""CloudWatch's limits for an alarm widget and for a dashboard."""

_HEIGHT: Final = 4
_PERIOD_SECONDS: Final = 900
"""How old the latest of a number may be: `reconcile` measures waits that often."""

Widget = dict[str, Any]
Metric = list[str]

SHARED: Final = ("Uploads", "Alarms")
"""What is above the columns."""


class Number(NamedTuple):
    """A number of each preset."""

    title: str
    metric: str
    """Namespace and name."""
    dimension: str
    """Empty for those that `reconcile` logs."""
    of: str
    """The fact of the preset that the dimension holds."""
    statistic: str


NUMBERS: Final = (
    Number(
        *("waiting", "AWS/SQS ApproximateNumberOfMessagesVisible"),
        *("QueueName", "queue", "Maximum"),
    ),
    Number("longest wait, seconds", f"{WAITS} {WAIT}", "", "", "Maximum"),
    Number("jobs completed", "AWS/MediaConvert JobsCompletedCount", "Queue", "pipeline", "Sum"),
    Number("jobs failed", "AWS/MediaConvert JobsErroredCount", "Queue", "pipeline", "Sum"),
    Number(
        *("dead letters", "AWS/SQS ApproximateNumberOfMessagesVisible"),
        *("QueueName", "dead_letter_queue", "Maximum"),
    ),
)
"""In the order in which an upload meets them. A shared pipeline's jobs are those of all its
presets."""


def dashboard_problems(presets: Sequence[Preset]) -> list[str]:
    """Say whether the page would have more parts than CloudWatch takes."""
    most = (MOST_WIDGETS - len(SHARED)) // len(NUMBERS)
    if len(presets) <= most:
        return []
    return [f"dashboard is true and there are {len(presets)} presets; it holds at most {most}"]


class Dashboard:
    """The page, under the name of the topic, which is unique in an account and region."""

    def __init__(
        self,
        scope: Scope,
        intake: Intake,
        monitoring: Monitoring,
        presets: Mapping[str, Mapping[str, Output[str]]],
    ) -> None:
        """Create it.

        Args:
            scope: what it belongs to.
            intake: where uploads come from.
            monitoring: the alarms, which it lists.
            presets: by name, what `body` has to know of each.
        """
        aws.cloudwatch.Dashboard(
            f"{scope.name}-dashboard",
            dashboard_name=intake.topic.name,
            dashboard_body=Output.all(
                topic_arn=intake.topic.arn,
                alarm_arns=Output.all(*monitoring.alarm_arns),
                presets={name: Output.all(**facts) for name, facts in presets.items()},
            ).apply(lambda facts: json.dumps(body(**facts))),
            opts=scope.options(),
        )


def body(
    topic_arn: str, alarm_arns: Sequence[str], presets: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """What the page shows.

    Args:
        topic_arn: of the topic on which S3 publishes uploads.
        alarm_arns: of the fan-out's alarms.
        presets: by name, the names of `queue` and `dead_letter_queue` and the ARN of `pipeline`.
    """
    _, _, _, region, _, topic = topic_arn.split(":")

    def at(x: int, y: int, width: int) -> dict[str, int]:
        return {"x": x, "y": y, "width": width, "height": _HEIGHT}

    def number(title: str, metric: Metric, statistic: str, place: dict[str, int]) -> Widget:
        properties = {
            "title": title,
            "view": "singleValue",
            "region": region,
            "stat": statistic,
            "period": _PERIOD_SECONDS,
            # What is counted is of the time that is chosen on the page; what waits, waits now.
            "setPeriodToTimeRange": statistic == "Sum",
            "metrics": [metric],
        }
        return {"type": "metric", "properties": properties, **place}

    uploads, alarms = SHARED
    published = ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", topic]
    listed = {"title": alarms, "alarms": list(alarm_arns)[:MOST_ALARMS]}
    left = GRID_COLUMNS // 4
    widgets: list[Widget] = [
        number(uploads, published, "Sum", at(0, 0, left)),
        {"type": "alarm", "properties": listed, **at(left, 0, GRID_COLUMNS - left)},
    ]
    width = GRID_COLUMNS // min(len(presets), COLUMNS_IN_A_ROW)
    for index, (preset, facts) in enumerate(presets.items()):
        row, column = divmod(index, COLUMNS_IN_A_ROW)
        for line, shown in enumerate(NUMBERS, start=1 + row * len(NUMBERS)):
            dimensions = (
                [shown.dimension, facts[shown.of]]
                if shown.dimension
                else [OldestWaitField.FANOUT, topic, OldestWaitField.PRESET, preset]
            )
            widgets.append(
                number(
                    f"{preset}: {shown.title}",
                    [*shown.metric.split(), *dimensions],
                    shown.statistic,
                    at(column * width, line * _HEIGHT, width),
                )
            )
    return {"widgets": widgets}
