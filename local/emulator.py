"""MiniStack, an AWS emulator, as a child process."""

import contextlib
import http.client
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from local.door import HOST, Door

ACCOUNT: Final = "000000000000"
"""The account that the emulator plays."""

SERVICES: Final = (
    "dynamodb",
    "events",
    "iam",
    "lambda",
    "logs",
    "monitoring",
    "s3",
    "sns",
    "sqs",
    "sts",
)
"""What the program and its functions call, by the emulator's names; all others are refused."""

START_SECONDS: Final = 30.0
"""A start takes a quarter of a second; a machine under load gets a hundred times that."""

TERM_SECONDS: Final = 1.0
"""How long it may take to leave. Open connections hold it for up to 30 s, and nothing is kept."""

LOG_TAIL_LINES: Final = 20
"""Lines of the log in an error: enough for a traceback."""

_POLL_SECONDS: Final = 0.02
_HEALTH_PATH: Final = "/_ministack/health"


class EmulatorError(RuntimeError):
    """The emulator did not start, or is gone."""


class Emulator:
    """MiniStack with HTTPS and with permissions enforced, in a process group of its own."""

    def __init__(
        self, door: Door, folder: Path, *, region: str, function_environment: Mapping[str, str]
    ) -> None:
        """Start the process; `wait_until_ready` tells when it answers.

        Args:
            door: where it listens. Its socket belongs to the child from here on.
            folder: an existing folder for everything that the emulator and its functions write. It
                belongs to the caller, who removes it.
            region: the region that it plays.
            function_environment: variables that every function finds, below its own.
        """
        self._door = door
        self._log = folder / "emulator.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- a fixed argument list
                _command(door),
                env=_environment(door, folder, region) | dict(function_environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[door.socket.fileno()],
                start_new_session=True,
            )
        # Only the child may hold the socket: when it dies, whoever waits must see that.
        door.socket.close()

    def wait_until_ready(self) -> None:
        """Return as soon as it answers.

        Raises:
            EmulatorError: it ended, or does not answer; the message holds the end of its log.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(timeout=START_SECONDS):
            self.check()
            if time.monotonic() > deadline:
                raise self._error(f"did not answer within {START_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """Make sure that the process runs.

        Raises:
            EmulatorError: it ended; the message holds the end of its log.
        """
        code = self._process.poll()
        if code is not None:
            raise self._error(f"ended with exit code {code}")

    def _answers(self, timeout: float) -> bool:
        context = ssl.create_default_context(cafile=str(self._door.ca_bundle))
        connection = http.client.HTTPSConnection(
            HOST, self._door.port, timeout=timeout, context=context
        )
        try:
            connection.request("GET", _HEALTH_PATH)
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _error(self, what: str) -> EmulatorError:
        return EmulatorError(
            f"The AWS emulator (MiniStack) {what}. The end of its log:\n{self.log_tail()}"
        )

    def log_tail(self) -> str:
        """The last lines of its log, which also holds what functions print."""
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def stop(self) -> None:
        """End it and every function that it runs. Calling this twice does no harm."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=TERM_SECONDS)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _command(door: Door) -> list[str]:
    # MiniStack's own entry point would also take port 443, so its application is served in the way
    # of its --detach.
    return [
        sys.executable,
        "-I",
        *("-m", "hypercorn", "ministack.app:app"),
        *("--bind", f"fd://{door.socket.fileno()}"),
        *("--workers", "0"),
        *("--keep-alive", "75"),
        *("--certfile", str(door.certificate)),
        *("--keyfile", str(door.key)),
    ]


def _environment(door: Door, folder: Path, region: str) -> dict[str, str]:
    """Everything that the emulator and its functions see: nothing of the caller's is inherited."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(door.port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "SERVICES": ",".join(SERVICES),
        "AUTH": "true",
        # Tells it that requests are encrypted, for `aws:SecureTransport` and the URLs of queues.
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(door.certificate),
        "MINISTACK_SSL_KEY": str(door.key),
        # These two listen on 0.0.0.0, whatever BIND_HOST says.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # It looks for containers that it left behind, and must not touch those of this machine.
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
    }
