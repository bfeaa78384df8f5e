"""Alarms ring before something is lost."""

from tests.components.conftest import stack
from tests.engine import PHYSICAL_SUFFIX, Program

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def test_one_dead_letter_rings(program: Program) -> None:
    """In every dead-letter queue: by the maximum, which one message is enough for."""
    for queue in ("720p-dlq", "1080p-dlq", "outcome-dlq"):
        alarm = program.one(ALARM, f"videoconverter-{queue}-holds-messages").inputs

        assert {"QueueName": f"videoconverter-{queue}{PHYSICAL_SUFFIX}"} == alarm["dimensions"]
        assert "ApproximateNumberOfMessagesVisible" == alarm["metricName"]
        assert ("Maximum", "GreaterThanOrEqualToThreshold", 1) == (
            alarm["statistic"],
            alarm["comparisonOperator"],
            alarm["threshold"],
        )


def test_a_message_that_waits_rings_before_it_expires(program: Program) -> None:
    """Ten days of the fourteen that a message has."""
    for preset in ("720p", "1080p"):
        alarm = program.one(ALARM, f"videoconverter-{preset}-is-not-keeping-up").inputs
        queue = program.one("aws:sqs/queue:Queue", f"videoconverter-{preset}").inputs

        assert {"QueueName": f"videoconverter-{preset}{PHYSICAL_SUFFIX}"} == alarm["dimensions"]
        assert "ApproximateAgeOfOldestMessage" == alarm["metricName"]
        assert 864_000 == alarm["threshold"] < queue["messageRetentionSeconds"]


def test_a_reconcile_that_fails_rings(program: Program) -> None:
    """No queue keeps what it was asked: that it failed shows in its own number only."""
    alarm = program.one(ALARM, "videoconverter-reconcile-fails").inputs

    assert ("AWS/Lambda", "Errors") == (alarm["namespace"], alarm["metricName"])
    assert {"FunctionName": f"videoconverter-reconcile{PHYSICAL_SUFFIX}"} == alarm["dimensions"]
    assert ("Maximum", 1) == (alarm["statistic"], alarm["threshold"])


def test_alarms_tell_whom_the_stack_names() -> None:
    """Both when they ring and when it is over."""
    topic = "arn:aws:sns:eu-central-1:111122223333:on-call"
    alarms = stack("720p", alarm_actions=[topic]).of_type(ALARM).values()

    assert alarms
    assert all([topic] == alarm.inputs["alarmActions"] for alarm in alarms)
    assert all([topic] == alarm.inputs["okActions"] for alarm in alarms)
