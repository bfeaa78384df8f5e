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


def test_a_message_that_no_function_takes_rings(program: Program) -> None:
    """The queue's own age is for what was hardly received; the rest is told by the ledger."""
    for preset in ("720p", "1080p"):
        alarm = program.one(ALARM, f"videoconverter-{preset}-is-not-keeping-up").inputs

        assert {"QueueName": f"videoconverter-{preset}{PHYSICAL_SUFFIX}"} == alarm["dimensions"]
        assert "ApproximateAgeOfOldestMessage" == alarm["metricName"]
        assert 14_400 == alarm["threshold"]


def test_an_upload_that_waits_rings_while_there_is_time(program: Program) -> None:
    """By the ledger's number, per preset; a number that does not come changes nothing."""
    for preset in ("720p", "1080p"):
        alarm = program.one(ALARM, f"videoconverter-{preset}-waits-too-long").inputs
        queue = program.one("aws:sqs/queue:Queue", f"videoconverter-{preset}").inputs

        assert ("videoconverter", "OldestWait") == (alarm["namespace"], alarm["metricName"])
        assert {
            "fanout": f"videoconverter-topic{PHYSICAL_SUFFIX}",
            "preset": preset,
        } == alarm["dimensions"]
        assert 14_400 == alarm["threshold"] < queue["messageRetentionSeconds"]
        assert ("Maximum", "ignore") == (alarm["statistic"], alarm["treatMissingData"])


def test_the_waits_are_read_from_the_log_of_reconcile(program: Program) -> None:
    """With the dimensions that the alarms look at; a filter with dimensions has no default."""
    [told] = program.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter").values()
    metric = told.inputs["metricTransformation"]

    assert f"videoconverter-reconcile-logs{PHYSICAL_SUFFIX}" == told.inputs["logGroupName"]
    assert ("videoconverter", "OldestWait") == (metric["namespace"], metric["name"])
    assert {"fanout": "$.fanout", "preset": "$.preset"} == metric["dimensions"]
    assert "defaultValue" not in metric


def test_a_reconcile_that_does_not_run_rings(program: Program) -> None:
    """Nobody would measure how long uploads wait: no number at all counts as an alarm."""
    alarm = program.one(ALARM, "videoconverter-reconcile-does-not-run").inputs

    assert ("AWS/Lambda", "Invocations") == (alarm["namespace"], alarm["metricName"])
    assert {"FunctionName": f"videoconverter-reconcile{PHYSICAL_SUFFIX}"} == alarm["dimensions"]
    assert ("Sum", "LessThanThreshold", 1, 3_600, "breaching") == (
        alarm["statistic"],
        alarm["comparisonOperator"],
        alarm["threshold"],
        alarm["period"],
        alarm["treatMissingData"],
    )


def test_how_long_uploads_may_wait_is_the_stack_s_to_say() -> None:
    """For both alarms that tell of it."""
    program = stack("720p", alarm_after_seconds=7_200)

    assert {7_200} == {
        program.one(ALARM, f"videoconverter-720p-{name}").inputs["threshold"]
        for name in ("waits-too-long", "is-not-keeping-up")
    }


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
