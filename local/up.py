"""`python -m local up`: the local cloud, for as long as the user wants it."""

import json
import shlex
import sys
import time
from typing import Any, Final

from local import interrupts
from local.cloud import LocalCloud
from operate.stack_config import StackConfig

CHECK_SECONDS: Final = 1.0
"""Between two looks whether the emulator still runs."""


def up(stack: StackConfig, *, as_json: bool) -> None:
    """Deploy, say where everything is, and stay until interrupted.

    Raises:
        EmulatorError: the emulator is gone.
    """
    interrupts.on_exit(str)
    with LocalCloud(stack) as cloud:
        sys.stdout.write((json.dumps(_facts(cloud)) if as_json else _text(cloud)) + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(CHECK_SECONDS)
            cloud.check()


def _facts(cloud: LocalCloud) -> dict[str, Any]:
    return {
        "endpoint": cloud.environment["AWS_ENDPOINT_URL"],
        "mediaconvert_endpoint": cloud.environment["AWS_ENDPOINT_URL_MEDIACONVERT"],
        "environment": dict(cloud.environment),
        "outputs": dict(cloud.outputs),
    }


def _text(cloud: LocalCloud) -> str:
    exports = [f"export {name}={shlex.quote(value)}" for name, value in cloud.environment.items()]
    return "\n".join(
        [
            "# The local cloud is up. To use it from another terminal:",
            *exports,
            "",
            f"# What the emulator and the functions print is in {cloud.log}",
            "",
            "# Outputs of the stack:",
            json.dumps(dict(cloud.outputs), indent=2),
            "",
            "# Ctrl-C ends it and removes everything in it.",
        ]
    )
