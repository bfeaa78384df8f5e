"""The plugin's schema, from which Pulumi makes SDKs; schema.json is a copy to read and compare."""

import json
import tomllib
from pathlib import Path
from typing import Final

from components import TranscodeFanout
from provider.strict import StrictComponentProvider

_PROJECT: Final = Path(__file__).parents[1]

COPY: Final = Path(__file__).with_name("schema.json")
"""The schema as of the last `make docs`. A change in it is a change for users of all languages."""


def component_provider() -> StrictComponentProvider:
    """The provider of the component, in the project's version."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return StrictComponentProvider([TranscodeFanout], project["name"], None, project["version"])


def schema_text() -> str:
    """The schema as the copy has it."""
    return json.dumps(json.loads(component_provider().schema or ""), indent=1) + "\n"
