"""What Pulumi.<stack>.yaml says: enough for commands that need no deployed stack."""

from pathlib import Path
from typing import Any, Final

import yaml

from operate.errors import UsageError

PROJECT_FOLDER: Final = Path(__file__).parent.parent


def presets(stack: str, folder: Path = PROJECT_FOLDER) -> Any:
    """Return a stack's presets as they are written, right or wrong.

    Args:
        stack: its name, such as `dev`.
        folder: where Pulumi.yaml is.

    Raises:
        UsageError: the stack has no file, or the file no presets.
    """
    path = folder / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        there = sorted(other.name.split(".")[1] for other in folder.glob("Pulumi.*.yaml"))
        raise UsageError(
            f"there is no stack {stack!r}: {path} does not exist. "
            f"Stacks that do: {', '.join(there) or 'none'}."
        )
    key = f"{yaml.safe_load((folder / 'Pulumi.yaml').read_text())['name']}:presets"
    try:
        document = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not YAML: {error}") from error
    match document:
        case {"config": {**config}} if key in config:
            return config[key]
    raise UsageError(f"{path} has no {key}; add a list with an entry such as `name: 720p`.")
