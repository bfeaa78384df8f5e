"""The URNs of a fan-out, as a release gives them: what a deployed stack is known by.

PYTHONPATH=. python tests/upgrade/urns.py tests/upgrade/samples/<version>/urns.json
"""

import json
import sys
from pathlib import Path
from typing import Final

from components import TranscodeFanout, TranscodeFanoutArgs
from tests.engine import COMPONENT, Program, run

ARGUMENTS: Final[TranscodeFanoutArgs] = {
    "presets": [
        {"name": "720p"},
        {"name": "adaptive", "kind": "hls"},
        {"name": "480p", "pipeline": "slow"},
        {"name": "240p", "pipeline": "slow"},
    ],
    "max_upload_seconds": 60,
    "suffixes": [".mp4", ".mov"],
}
"""Arguments that make every resource that an earlier release knew."""


def program() -> Program:
    """Run it."""
    return run(lambda: TranscodeFanout("videoconverter", ARGUMENTS))


def short(urn: str) -> str:
    """What follows stack and project in a URN."""
    return urn.split("::", 2)[2]


if __name__ == "__main__":
    recorded = sorted(short(r.urn) for r in program().resources if f"{COMPONENT}$" in r.urn)
    Path(sys.argv[1]).write_text(json.dumps(recorded, indent=1) + "\n")
