"""What every test gets: no way to reach a real account, and no request that AWS would refuse.

And the options of the chaos.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore import handlers

from components.aws_requests import refuse_what_aws_refuses

CHAOS = Path(__file__).parent / "chaos"

_FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


def pytest_configure() -> None:
    """Check each request of every client; moto and the emulator take much that AWS refuses."""
    handlers.BUILTIN_HANDLERS.append(("before-parameter-build", refuse_what_aws_refuses))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the chaos be repeated, and be larger."""
    group = parser.getgroup("chaos")
    group.addoption("--chaos-seed", type=int, default=1, help="what goes wrong, and when")
    group.addoption("--chaos-uploads", type=int, default=200, help="how many uploads it gets")


def pytest_report_header(config: pytest.Config) -> str:
    """Say what repeats this run's chaos."""
    options = ("chaos_seed", "chaos_uploads")
    return " ".join(f"--{name.replace('_', '-')}={config.getoption(name)}" for name in options)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the chaos first, in whatever order the rest is: it takes longest, and mostly waits."""
    items.sort(key=lambda item: CHAOS not in item.path.parents)


@pytest.fixture(autouse=True, scope="session")
def _no_real_aws() -> Iterator[None]:
    """Replace every AWS setting of the caller's shell by made-up ones."""
    caller = {key: value for key, value in os.environ.items() if key.startswith("AWS_")}
    for key in caller:
        del os.environ[key]
    os.environ.update(_FAKE)
    yield
    for key in _FAKE:
        del os.environ[key]
    os.environ.update(caller)
