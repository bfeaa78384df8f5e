"""Message bodies by the name of their scenario."""

from pathlib import Path

EVENTS = Path(__file__).parent / "events"


def body(scenario: str) -> str:
    """Read the message body of a scenario."""
    return (EVENTS / f"{scenario}.json").read_text("utf-8")
