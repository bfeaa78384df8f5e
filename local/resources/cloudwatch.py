"""CloudWatch: alarms and dashboards."""

from local.clients import Clients
from local.emulator import ACCOUNT
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list


def metric_alarm(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create an alarm. It never rings: the emulator sends no metrics."""
    physical = inputs.take("name") or auto_name(name)
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=physical,
        AlarmDescription=inputs.take("alarmDescription", default=""),
        Namespace=inputs.need("namespace"),
        MetricName=inputs.need("metricName"),
        Dimensions=[
            {"Name": key, "Value": value} for key, value in inputs.need("dimensions").items()
        ],
        Statistic=inputs.need("statistic"),
        ComparisonOperator=inputs.need("comparisonOperator"),
        Threshold=inputs.need("threshold"),
        Period=inputs.need("period"),
        EvaluationPeriods=inputs.need("evaluationPeriods"),
        TreatMissingData=inputs.need("treatMissingData"),
        AlarmActions=inputs.take("alarmActions", default=[]),
        OKActions=inputs.take("okActions", default=[]),
        Tags=tag_list(inputs),
    )
    arn = f"arn:aws:cloudwatch:{aws.region}:{ACCOUNT}:alarm:{physical}"
    return Created(physical, {"name": physical, "arn": arn})


def dashboard(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Create a dashboard."""
    name = inputs.need("dashboardName")
    aws.client("cloudwatch").put_dashboard(
        DashboardName=name, DashboardBody=inputs.need("dashboardBody")
    )
    return Created(name)
