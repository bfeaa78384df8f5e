"""What the emulator's log says about the functions that it runs."""

import json
from collections import Counter
from pathlib import Path

DIED = "errorMessage=Worker process died"
"""The emulator's words for a batch whose function's process ended in the middle of it."""

REFUSED = "MediaConvert refused"


def deaths(log: Path) -> int:
    """How many batches were cut off by the death of their function."""
    return log.read_text(errors="replace").count(DIED)


def refusals(log: Path) -> Counter[str]:
    """How often CreateJob was refused, by the code that the functions wrote down."""
    lines = log.read_text(errors="replace").splitlines()
    return Counter(json.loads(line)["code"] for line in lines if f'"message":"{REFUSED}"' in line)
