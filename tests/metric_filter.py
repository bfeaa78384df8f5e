"""CloudWatch's filter patterns, as far as the program uses them: the emulator only stores them.

Syntax: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters", JSON log events.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

_EQUALS = re.compile(r'\{ \$\.(?P<member>\w+) = "(?P<text>[^"*]*)" \}')
_MEMBER = re.compile(r"\$\.(\w+)")


@dataclass(frozen=True)
class Datum:
    """One number of a metric."""

    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class MetricFilter:
    """A filter as it was deployed."""

    pattern: str
    transformation: Mapping[str, Any]

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Self:
        """Read what the program asked for."""
        return cls(inputs["pattern"], inputs["metricTransformation"])

    def data(self, lines: Iterable[str]) -> list[Datum]:
        """The numbers that CloudWatch would make of log lines."""
        return [
            Datum(
                namespace=self.transformation["namespace"],
                metric=self.transformation["name"],
                dimensions={
                    name: str(_member(event, selector))
                    for name, selector in self.transformation["dimensions"].items()
                },
                value=float(_member(event, self.transformation["value"])),
            )
            for event in map(_json, lines)
            if self._matches(event)
        ]

    def _matches(self, event: Mapping[str, Any]) -> bool:
        condition = _EQUALS.fullmatch(self.pattern)
        assert condition, f"{self.pattern!r} is no pattern that is understood here"
        return bool(event.get(condition["member"]) == condition["text"])


def _json(line: str) -> Mapping[str, Any]:
    """A line as its members; one that is no JSON object matches no JSON pattern."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _member(event: Mapping[str, Any], selector: str) -> Any:
    name = _MEMBER.fullmatch(selector)
    assert name, f"{selector!r} is no selector that is understood here"
    return event[name[1]]
