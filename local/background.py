"""`up --shell`: the cloud stays in the background, and the shell gets what it needs to use it."""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

from local.errors import LocalError

PROCESS_VARIABLE: Final = "LOCAL_CLOUD_PID"
"""What the shell calls the process to kill."""


def start(arguments: Sequence[str]) -> None:
    """Start `up` as a process of its own, print lines for a shell's `eval`, and return.

    A shell reads the output of `$(...)` until everybody has closed it, so whatever stays must not
    hold it: the process that stays has only a pipe to this one.

    Args:
        arguments: more of the command line of `up`.

    Raises:
        LocalError: it did not come up; the message is its own.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 -- a list of arguments
            [sys.executable, "-m", str(__package__), "up", "--json", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        assert process.stdout  # noqa: S101 -- it is a pipe
        try:
            with process.stdout as output:
                line = output.readline()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if not line:
            process.wait()
            errors.seek(0)
            raise LocalError(errors.read().decode(errors="replace").strip())
    facts = json.loads(line)
    sys.stdout.write(exports({**facts["environment"], PROCESS_VARIABLE: str(process.pid)}) + "\n")
    sys.stdout.flush()
    sys.stderr.write(
        f"The local cloud runs in the background.{_page(facts)}\n"
        f"To end it, and to remove everything in it: kill ${PROCESS_VARIABLE}\n"
    )
    # Its end is the shell's business from here on, not that of this object.
    process.returncode = 0


def exports(environment: Mapping[str, str]) -> str:
    """Lines that set variables in a shell, whatever their values hold."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())


def _page(facts: Mapping[str, Any]) -> str:
    return f" Its page: {facts['page']}" if "page" in facts else ""
