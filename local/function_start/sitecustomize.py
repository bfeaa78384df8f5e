"""Let a function's clients refuse what AWS would refuse. Python imports this module by its name.

The emulator puts this folder on the path of the functions' interpreters, and of no other.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from botocore import handlers

_PROJECT = Path(__file__).parents[2]


def _check_requests() -> None:
    # The package without its __init__, which brings Pulumi along: a second of every cold start.
    components = ModuleType("components")
    components.__path__ = [str(_PROJECT / "components")]
    sys.modules["components"] = components

    check = import_module("components.aws_requests").refuse_what_aws_refuses
    handlers.BUILTIN_HANDLERS.append(("before-parameter-build", check))


_check_requests()
