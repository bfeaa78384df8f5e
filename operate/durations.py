"""How ages are written for people."""

from datetime import timedelta
from typing import Final

UNITS: Final = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)


def ago(age: timedelta) -> str:
    """Write an age in the largest unit of which it has at least one, such as `3 h`."""
    for unit, name in UNITS:
        if age >= unit:
            return f"{age // unit} {name}"
    return "now"
