"""Runs a Pulumi program without Pulumi's engine."""

import asyncio
import json
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from pulumi import Output
from pulumi.runtime import Mocks, get_root_resource, set_all_config, set_mocks
from pulumi.runtime.stack import Stack as PulumiStack
from pulumi.runtime.stack import run_pulumi_func

from operate.stack_config import StackConfig


def run(project_folder: Path, stack: StackConfig, mocks: Mocks) -> dict[str, Any]:
    """Run the program of a project, unmodified.

    Args:
        project_folder: where its `__main__.py` is.
        stack: the stack to run it for.
        mocks: creates what the program asks for.

    Returns:
        The stack's outputs as plain values.
    """
    return asyncio.run(_run(project_folder, stack, mocks))


async def _run(project_folder: Path, stack: StackConfig, mocks: Mocks) -> dict[str, Any]:
    # Pulumi's runtime keeps its state in context variables and wants them set on the loop that runs
    # the program; `asyncio.run` gives every run a context of its own.
    set_all_config({key: _as_text(value) for key, value in stack.config.items()})
    set_mocks(mocks, project=stack.project, stack=stack.name, preview=False)

    # The first error ends the run and is raised; others of the same moment would only be noise.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)

    def program() -> None:
        with _importable(project_folder):
            runpy.run_path(str(project_folder / "__main__.py"), run_name="__main__")

    await run_pulumi_func(program)
    root = cast("PulumiStack", get_root_resource())
    outputs = await Output.all(**root.outputs).future()
    return outputs or {}


def _as_text(value: Any) -> str:
    """Write a value as Pulumi hands it to a program: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let the program import what lies beside it, as Pulumi does."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
