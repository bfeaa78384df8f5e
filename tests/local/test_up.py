"""`up` is a place to work: fixed addresses, the same names, and a shell that knows them."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from local import background
from local.__main__ import main
from local.background import exports
from local.errors import LocalError, UsageError
from local.ports import HOST, Ports
from operate.stack_config import PROJECT_FOLDER
from tests.waiting import eventually


@pytest.fixture
def first_port() -> int:
    """The first of three free ports, below those that systems hand out by themselves."""
    while True:
        first = random.randrange(10_000, 30_000)  # noqa: S311 -- of ports
        with suppress(UsageError):
            Ports.from_first(first)
            return first


def test_a_port_that_is_taken(first_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before anything starts, by the name of the flag and of the port."""
    with socket.create_server((HOST, first_port + 1)), pytest.raises(SystemExit) as end:
        main(["up", "--port", str(first_port)])

    assert 2 == end.value.code
    assert f"--port {first_port}: " in (said := capsys.readouterr().err)
    assert f"and {first_port + 1} cannot be used: Address already in use" in said


def test_three_ports_in_a_row(first_port: int) -> None:
    """AWS, MediaConvert and the page; without a first one, any that are free."""
    assert Ports(first_port, first_port + 1, first_port + 2) == Ports.from_first(first_port)
    assert Ports(0, 0, 0) == Ports.from_first(None)


def test_exports_survive_a_shell() -> None:
    """A value with everything that a shell expands arrives unchanged."""
    value = "a b'c\"d $HOME `id` \\ ; exit"
    script = f'{exports({"NAME": value})}\nprintf %s "$NAME"'

    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 -- the test's own script

    assert value == done.stdout


SHELL = f"""
eval "$({sys.executable} -m local up --shell --port "$1")" || exit 1
echo "$LOCAL_CLOUD_PID $AWS_ENDPOINT_URL"
"""


def test_eval_of_the_shell_form(first_port: int, tmp_path: Path) -> None:
    """`eval "$(... --shell)"` returns, the variables are set, and `kill` leaves nothing behind."""
    shell = shutil.which("sh")
    assert shell
    done = subprocess.run(  # noqa: S603 -- the test's own script
        [shell, "-c", SHELL, "sh", str(first_port)],
        cwd=PROJECT_FOLDER,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    pid, endpoint = done.stdout.split()

    try:
        assert f"https://{HOST}:{first_port}" == endpoint
        socket.create_connection((HOST, first_port)).close()
        assert "kill $LOCAL_CLOUD_PID" in done.stderr
    finally:
        os.kill(int(pid), signal.SIGTERM)
    eventually(lambda: not list(tmp_path.iterdir()), what="end of the cloud")


def test_a_cloud_that_does_not_come_up_for_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to evaluate, and the reason in its own words."""
    with pytest.raises(LocalError, match=r"Pulumi\.missing\.yaml does not exist"):
        background.start(["--stack", "missing"])

    assert "" == capsys.readouterr().out
