"""The tables of the stack: its config, its outputs, its numbers."""

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

import yaml

from components import TranscodeFanout, defaults
from docs.attributes import documented
from docs.markdown import table

_COLUMNS = 120
"""Width of a line of the documentation."""

_PROJECT = Path(__file__).parent.parent / "Pulumi.yaml"


def config() -> str:
    """Every key of the stack's config."""
    keys: Mapping[str, Any] = yaml.safe_load(_PROJECT.read_text())["config"]
    return table(
        ("Key", "Type", "Default", "Meaning"),
        (
            (f"`{key}`", entry["type"], _default(entry), entry["description"])
            for key, entry in keys.items()
        ),
    )


def config_keys() -> str:
    """Every key of the stack's config with its default."""
    keys: Mapping[str, Any] = yaml.safe_load(_PROJECT.read_text())["config"]
    words = [f"`{key}` ({_default(entry)})" for key, entry in keys.items()]
    return fill(f"Keys, each with its default: {', '.join(words)}.", _COLUMNS) + "\n"


def outputs() -> str:
    """Every output of the component, which the stack exports under the same name."""
    return table(
        ("Output", "Meaning"),
        ((f"`{name}`", text) for name, text in documented(TranscodeFanout).items()),
    )


def numbers() -> str:
    """Every number of the infrastructure with its reason."""
    return table(
        ("Setting", "Value", "Why"),
        (
            (f"`{name}`", _shown(getattr(defaults, name)), text)
            for name, text in documented(defaults).items()
        ),
    )


def _default(entry: Mapping[str, Any]) -> str:
    return f"`{json.dumps(entry['default'])}`" if "default" in entry else "required"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"`{value}`"
