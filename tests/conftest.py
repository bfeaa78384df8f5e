"""What every test gets: no way to reach a real account by accident."""

import os
from collections.abc import Iterator

import pytest

_FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


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
