"""An estimate as tables that people read."""

from collections.abc import Iterator, Mapping
from typing import Any

_PARTS = {
    "total": "total",
    "mediaconvert": "MediaConvert",
    "lambda": "Lambda",
    "sqs": "SQS",
    "sns": "SNS",
    "s3": "S3",
    "dynamodb": "DynamoDB",
}
"""What a report calls each column, and its title."""

_GAP = 2
"""Spaces between columns."""

_SMALLEST = 0.0001
"""Dollars; what is less is only said to be less."""

Row = tuple[str, ...]


def text(report: Mapping[str, Any]) -> str:
    """Lay an estimate out: two tables with a row for each preset and a column for each service.

    Args:
        report: what `components.estimate.report` returned.
    """
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    upload = report["upload"]
    yield (
        f"US dollars, {report['region']}, prices of {report['prices_as_of']}. An upload is taken "
        f"to have {upload['height']} lines,"
    )
    yield (
        f"{upload['frame_rate']:g} frames per second and {upload['bitrate'] / 1e6:g} Mbit/s; S3 "
        "keeps it and its renditions for a month."
    )
    minutes = f"{upload['seconds'] / 60:g} min"
    for title, name in (
        ("An hour of source", "per_hour_of_source"),
        (f"1,000 uploads of {minutes}", "per_thousand_uploads"),
    ):
        yield ""
        yield title
        yield from _aligned([("", *_PARTS.values()), *_rows(report[name])])
    if report["copies"]:
        yield ""
        yield "No picture is enlarged, so a small upload pays for copies:"
        yield from (f"  - {what}" for what in report["copies"])
    yield ""
    yield "Not in it:"
    yield from (f"  - {what}" for what in report["not_priced"])


def _rows(table: Mapping[str, Any]) -> Iterator[Row]:
    at_least, lowest = table["at_least"], table["lowest"]
    for name, cost in table["presets"].items():
        yield from _bounds(name, lowest["presets"][name], cost, has_highest=name not in at_least)
    yield _row("upload itself", table["common"])
    yield from _bounds("total", lowest["total"], table["total"], has_highest=not at_least)


def _bounds(
    name: str, lowest: Mapping[str, float], cost: Mapping[str, float], *, has_highest: bool
) -> Iterator[Row]:
    """Say in the row itself what is not one number: no reader looks for it elsewhere."""
    if not has_highest:
        yield _row(f"{name}, at least", lowest)
    elif lowest != cost:
        yield _row(f"{name}, from", lowest)
        yield _row(f"{name}, to", cost)
    else:
        yield _row(name, cost)


def _row(name: str, cost: Mapping[str, float]) -> Row:
    return name, *(_dollars(cost[part]) for part in _PARTS)


def _dollars(amount: float) -> str:
    return f"<{_SMALLEST}" if 0 < amount < _SMALLEST else f"{amount:,.4f}"


def _aligned(rows: list[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = (f"{cell:>{width + _GAP}}" for cell, width in zip(numbers, widths[1:], strict=True))
        yield f"{name:{widths[0]}}{''.join(cells)}"
