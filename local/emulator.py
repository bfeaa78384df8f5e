"""MiniStack, an AWS emulator, as a child process."""

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import trustme

from local.errors import EmulatorError
from local.ports import FREE_PORT, HOST

ACCOUNT: Final = "000000000000"
"""The account that the emulator plays."""

SERVICES: Final = (
    "dynamodb",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "s3",
    "sns",
    "sqs",
    "sts",
)
"""What the program and its functions call, by the emulator's names; all others are refused."""

APPLICATION: Final = "local.emulated.application:app"
"""MiniStack's ASGI application, which here keeps the bodies of uploads in files."""

_PROGRAM: Final = Path(__file__).parent / "emulated" / "process.py"

START_SECONDS: Final = 30.0
"""A start takes a quarter of a second; a machine under load gets a hundred times that."""

LOG_TAIL_LINES: Final = 20
"""Lines of the log in an error: enough for a traceback."""

_BACKLOG: Final = 128
"""Connections that may wait while it starts."""

_FUNCTION_START: Final = Path(__file__).parent / "function_start"
"""Holds the module that Python imports at the start of a function."""

_POLL_SECONDS: Final = 0.02
_HEALTH_PATH: Final = "/_ministack/health"


class Emulator:
    """MiniStack with HTTPS and with permissions enforced, in a process group of its own.

    When this process dies, even by SIGKILL, the emulator removes its folder and ends, together with
    the functions that it runs.

    The address is known before the process starts: the socket is bound here and handed over, so no
    other process can take the port in between, and whoever connects early waits instead of failing.

    Attributes:
        endpoint: where it listens.
        ca_bundle: the certificate that proves it, for the clients.
        log: what it and its functions print.
    """

    def __init__(
        self,
        folder: Path,
        *,
        region: str,
        encrypted: bool = True,
        application: str | None = None,
        port: int = FREE_PORT,
    ) -> None:
        """Bind a port and make a certificate; `start` starts the process.

        Args:
            folder: an existing folder for everything that the emulator and its functions write. It
                belongs to the caller, who removes it; should the caller die, the emulator does.
            region: the region that it plays.
            encrypted: without it the program's statements against plain HTTP refuse everything,
                which is only good to prove that they do.
            application: what to serve instead of APPLICATION; MiniStack alone is only good to be
                compared with.
            port: where to listen.

        Raises:
            OSError: the port is taken, or not for this user.
        """
        self._application = application or APPLICATION
        self._encrypted = encrypted
        self._folder = folder
        self._region = region
        self.log = folder / "emulator.log"
        self._certificate = folder / "certificate.pem"
        self._key = folder / "key.pem"
        self.ca_bundle = folder / "ca.pem"
        self._write_certificate()
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: int | None = None
        self._socket = socket.create_server((HOST, port), backlog=_BACKLOG)
        self._port: int = self._socket.getsockname()[1]
        self.endpoint = f"{'https' if encrypted else 'http'}://{HOST}:{self._port}"

    def _write_certificate(self) -> None:
        authority = trustme.CA()
        leaf = authority.issue_cert(HOST)
        authority.cert_pem.write_to_path(str(self.ca_bundle))
        leaf.private_key_pem.write_to_path(str(self._key))
        leaf.cert_chain_pems[0].write_to_path(str(self._certificate))

    def start(self, function_environment: Mapping[str, str]) -> None:
        """Start the process; `wait_until_ready` tells when it answers.

        Args:
            function_environment: variables that every function finds, below its own.
        """
        watched, self._lifeline = os.pipe()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- a fixed argument list
                self._command(watched),
                env=self._environment() | dict(function_environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[self._socket.fileno(), watched],
                start_new_session=True,
            )
        os.close(watched)
        # Only the child may hold the socket: when it dies, whoever waits must see that.
        self._socket.close()

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

    def check(self, patience: float = 0) -> None:
        """Make sure that the process runs.

        Args:
            patience: seconds to watch it. One that was killed is deaf at once, and has ended a
                moment later, with the last of its threads.

        Raises:
            EmulatorError: it ended; the message holds the end of its log.
        """
        if self._process is None:
            raise self._error("was not started")
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(patience)
            raise self._error(f"ended with exit code {code}")

    def _answers(self, timeout: float) -> bool:
        connection = self._connection(timeout)
        try:
            connection.request("GET", _HEALTH_PATH)
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if not self._encrypted:
            return http.client.HTTPConnection(HOST, self._port, timeout=timeout)
        context = ssl.create_default_context(cafile=str(self.ca_bundle))
        return http.client.HTTPSConnection(HOST, self._port, timeout=timeout, context=context)

    def _error(self, what: str) -> EmulatorError:
        return EmulatorError(
            f"The AWS emulator (MiniStack) {what}.",
            details=f"The end of the emulator's log:\n{self.log_tail()}",
        )

    def log_tail(self) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def stop(self) -> None:
        """End it and every function that it runs. Calling this twice does no harm."""
        self._socket.close()
        if self._process is None:
            return
        # Asked to leave by itself it would wait up to 30 s for open connections, and leave files of
        # its functions behind. Nothing in it is kept, so it gets no say.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def _command(self, lifeline: int) -> list[str]:
        # MiniStack's own entry point would also take port 443, so its application is served as its
        # --detach serves it.
        return [
            sys.executable,
            "-I",
            *(str(_PROGRAM), str(lifeline), self._application),
            *("--bind", f"fd://{self._socket.fileno()}"),
            *("--workers", "0"),
            *("--keep-alive", "75"),
            *self._encryption(),
        ]

    def _encryption(self) -> list[str]:
        if not self._encrypted:
            return []
        return ["--certfile", str(self._certificate), "--keyfile", str(self._key)]

    def _environment(self) -> dict[str, str]:
        """What the emulator and its functions see: nothing of the caller's is inherited."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            # For the functions; the emulator itself runs isolated from it.
            "PYTHONPATH": str(_FUNCTION_START),
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": self._region,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "SERVICES": ",".join(SERVICES),
            "AUTH": "true",
            # Functions know by it that they start in Lambda: what they do before the first event is
            # not taken from their timeout. Nothing listens there.
            "AWS_LAMBDA_RUNTIME_API": f"{HOST}:0",
            # Tells it that requests are encrypted: for `aws:SecureTransport` and queue URLs.
            "USE_SSL": "1" if self._encrypted else "0",
            "MINISTACK_SSL_CERT": str(self._certificate),
            "MINISTACK_SSL_KEY": str(self._key),
            # These two listen on 0.0.0.0, whatever BIND_HOST says.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It looks for containers that it left behind, and must not touch those of this machine.
            "DOCKER_HOST": f"unix://{self._folder}/no-docker.sock",
        }
