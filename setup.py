"""Makes one package of the repository's four: `components` becomes `videoconverter.components`.

In the repository the folders are packages of their own, as Pulumi and Lambda start them. Installed
under such names they would collide with anybody's, so the copies that go into a wheel lie inside of
`videoconverter` and import each other relatively; nothing else in them differs. What the functions
import stays within `handlers`, so that the same files are the functions' code.
"""

import ast
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

PACKAGE = "videoconverter"
PARTS = ("components", "handlers", "local", "operate")


class BuildInside(build_py):
    """Copies the parts into the package, and makes their imports relative."""

    def run(self) -> None:
        """Copy, then rewrite the copies.

        Raises:
            SetupError: the installation is to be editable, or an import has another form than
                `from PART... import`.
        """
        if self.editable_mode:
            raise SetupError(
                f"{PACKAGE} cannot be installed editable: its folders become one package only when "
                "a wheel is built. Install it without -e, or work in a clone of the repository."
            )
        super().run()
        root = Path(self.build_lib) / PACKAGE
        for name in self.get_outputs(include_bytecode=False):
            path = Path(name)
            if path.suffix == ".py":
                folder = path.parent.relative_to(root).parts
                path.write_text(relative(path.read_text("utf-8"), folder, name), "utf-8")


def relative(source: str, folder: tuple[str, ...], name: str) -> str:
    """Make the imports of the parts relative.

    Args:
        source: a module.
        folder: where in the package it lies.
        name: its file, for messages.

    Raises:
        SetupError: an import cannot be made relative.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(_part(n.name) in PARTS for n in names):
                raise SetupError(f"{name}:{node.lineno}: write `from PART.MODULE import NAME`")
            case ast.ImportFrom(module=str(module), level=0) if _part(module) in PARTS:
                old = f"from {module} import"
                new = f"from {_relative(module, folder)} import"
                line = lines[node.lineno - 1]
                if old not in line:
                    raise SetupError(f"{name}:{node.lineno}: {old!r} is not on one line")
                lines[node.lineno - 1] = line.replace(old, new, 1)
    return "".join(lines)


def _part(module: str) -> str:
    return module.partition(".")[0]


def _relative(module: str, folder: tuple[str, ...]) -> str:
    """A dot for the folder itself, and one more for each step out of it."""
    part, _, rest = module.partition(".")
    if folder and folder[0] == part:
        return "." * len(folder) + rest
    return "." * (len(folder) + 1) + module


def packages() -> list[str]:
    """The package, and every part with its own packages inside of it."""
    inside = [[part, *(f"{part}.{name}" for name in find_packages(part))] for part in PARTS]
    return [PACKAGE, *(f"{PACKAGE}.{name}" for names in inside for name in names)]


if __name__ == "__main__":
    setup(
        packages=packages(),
        package_dir={f"{PACKAGE}.{part}": part for part in PARTS},
        cmdclass={"build_py": BuildInside},
    )
