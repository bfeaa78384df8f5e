"""An estimate as a table that people read."""

from collections.abc import Iterator, Mapping
from typing import Any

_PARTS = {
    "mediaconvert": "MediaConvert",
    "functions": "Lambda",
    "sqs": "SQS",
    "sns": "SNS",
    "s3": "S3",
    "dynamodb": "DynamoDB",
}
_WIDTH = 13
"""Characters of a column of numbers."""


def table(report: Mapping[str, Any]) -> str:
    """Lay an estimate out: a row for each preset, the parts of a thousand uploads behind it.

    Args:
        report: what `components.estimate.report` returned.
    """
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    hour, thousand = report["per_hour_of_source"], report["per_thousand_uploads"]
    first = max(map(len, (*thousand["presets"], "for all")))
    yield (
        f"US dollars in {report['region']}, prices of {report['prices_as_of']}; an upload has "
        f"{report['upload_seconds']:g} s."
    )
    titles = ("1 h source", "1000 uploads", *_PARTS.values())
    yield f"{'':{first}}{''.join(f'{title:>{_WIDTH}}' for title in titles)}"
    rows = [
        *((name, hour["presets"][name], cost) for name, cost in thousand["presets"].items()),
        ("for all", hour["common"], thousand["common"]),
        ("total", hour["total"], thousand["total"]),
    ]
    for name, of_hour, of_thousand in rows:
        numbers = (of_hour["total"], of_thousand["total"], *(of_thousand[part] for part in _PARTS))
        yield f"{name:{first}}{''.join(f'{number:>{_WIDTH}.4f}' for number in numbers)}"
    for setting in report["not_priced"]:
        yield f"Costs more than is shown, by a factor that is not known: {setting}"
