"""A stack's configuration: the defaults of Pulumi.yaml under the values of Pulumi.<stack>.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from operate.errors import StackConfigError

_ABOVE: Final = Path(__file__).parent.parent

PROJECT_FOLDER: Final = _ABOVE if (_ABOVE / "Pulumi.yaml").is_file() else Path.cwd()
"""Where the Pulumi.yaml is: beside this package in the repository; an installed package works on
the project in whose folder it was started."""

DEFAULT_REGION: Final = "us-east-1"
"""The region of a stack without `aws:region`."""

_TYPES: Final[Mapping[str, type]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
"""Pulumi's names of configuration types."""


@dataclass(frozen=True)
class StackConfig:
    """One stack of a project."""

    project: str
    """Name of the project: the namespace of its configuration."""

    name: str
    """Name of the stack."""

    config: Mapping[str, Any]
    """Every value by its full key, such as `videoconverter:presets`."""

    @classmethod
    def load(cls, project_folder: Path, name: str) -> Self:
        """Read a stack's configuration.

        Args:
            project_folder: The folder with Pulumi.yaml.
            name: The stack, such as `dev`.

        Raises:
            StackConfigError: There is no such project or stack, a value is missing or of the wrong
                type.
        """
        if not (project_folder / "Pulumi.yaml").is_file():
            raise StackConfigError(
                f"{project_folder} has no Pulumi.yaml; go to the folder of a Pulumi project."
            )
        project = _read(project_folder / "Pulumi.yaml")
        namespace = project["name"]
        declared = _config(project, namespace)
        values = _config(_read(_stack_file(project_folder, name)), namespace)
        config = {**_defaults(declared), **values}
        problems = [*_problems(declared, config), *_unknown(declared, config, namespace)]
        if problems:
            raise StackConfigError(f"Stack {name!r}: {'; '.join(problems)}.")
        return cls(namespace, name, config)

    def has(self, key: str) -> bool:
        """Whether the project's own namespace has a value; a program of one's own needs none."""
        return f"{self.project}:{key}" in self.config

    def value(self, key: str) -> Any:
        """Return a value of the project's own namespace.

        Raises:
            StackConfigError: There is none; the project's program does not take it from there.
        """
        if not self.has(key):
            raise StackConfigError(f"Stack {self.name!r} has no value of {self.project}:{key}.")
        return self.config[f"{self.project}:{key}"]

    @property
    def region(self) -> str:
        """The AWS region."""
        return str(self.config.get("aws:region", DEFAULT_REGION))


def _config(document: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """The `config` of a project or a stack by full keys."""
    return {
        key if ":" in key else f"{namespace}:{key}": value
        for key, value in (document.get("config") or {}).items()
    }


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as error:
        raise StackConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise StackConfigError(f"{path} must hold settings by name, not {document!r}.")
    if not isinstance(document.get("config") or {}, dict):
        raise StackConfigError(
            f"{path}: config must hold settings by name, not {document['config']!r}."
        )
    return document


def _stack_file(project_folder: Path, name: str) -> Path:
    path = project_folder / f"Pulumi.{name}.yaml"
    if not path.is_file():
        there = sorted(other.name.split(".")[1] for other in project_folder.glob("Pulumi.*.yaml"))
        raise StackConfigError(
            f"There is no stack {name!r}: {path} does not exist. "
            f"Stacks that exist: {', '.join(there) or 'none'}."
        )
    return path


def _defaults(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        key: declaration[kind]
        for key, declaration in declared.items()
        for kind in ("default", "value")
        if kind in declaration
    }


def _problems(declared: Mapping[str, Mapping[str, Any]], config: Mapping[str, Any]) -> list[str]:
    """Find what Pulumi's command line refuses before it runs the program."""
    problems = []
    for key, declaration in declared.items():
        if key not in config:
            problems.append(f"{key} has no value and no default")
        elif "type" in declaration and type(config[key]) is not _TYPES[declaration["type"]]:
            problems.append(f"{key} is {config[key]!r}; its type must be {declaration['type']}")
    return problems


def _unknown(
    declared: Mapping[str, Any], config: Mapping[str, Any], namespace: str
) -> Iterator[str]:
    """Find what the program refuses: keys of its own namespace that Pulumi.yaml does not have."""
    for key in config:
        if key.startswith(f"{namespace}:") and key not in declared:
            from components.wording import did_you_mean  # noqa: PLC0415 -- brings Pulumi along

            yield f"{key} does not exist{did_you_mean(key, declared)}"
