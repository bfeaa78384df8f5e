"""The wheel, installed where the repository is not to be found: what others import and run."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import av
import pytest

from setup import PARTS, relative
from tests.engine import ROOT
from tests.local.mediaconvert import clips
from tests.processes import processes

PAGE = (ROOT / "docs" / "your-own-program.md").read_text()
PACKAGE = "videoconverter"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that knows nothing of the repository; return what it prints."""
    done = subprocess.run(  # noqa: S603 -- a list of arguments
        list(map(str, command)),
        cwd=cwd,
        env={"PATH": os.defpath, "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, from a copy: setuptools leaves folders behind."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in (*PARTS, PACKAGE):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, source, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project: the files of the page, pasted, and an environment with the wheel.

    What the wheel depends on is borrowed from this environment, which has not the repository.
    """
    folder = tmp_path_factory.mktemp("project")
    for name, text in re.findall(r"`([\w.]+)`[^`\n]*:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL):
        (folder / name).write_text(text)
    run(sys.executable, "-m", "venv", "--without-pip", ".venv", cwd=folder)
    python = folder / ".venv" / "bin" / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    borrowed = sysconfig.get_path("purelib")
    (Path(site.strip()) / "borrowed.pth").write_text(f"{borrowed}\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    return folder


def test_every_module_is_in_the_wheel_and_nothing_beside_the_package(wheel: Path) -> None:
    """`components` at the top of site-packages would be in the way of somebody else's."""
    names = set(zipfile.ZipFile(wheel).namelist())

    expected = {
        f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}"
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set() == expected - names
    assert f"{PACKAGE}/py.typed" in names
    assert {PACKAGE} == {name.split("/")[0] for name in names if ".dist-info/" not in name}


def test_the_page_has_every_file_of_a_project(project: Path) -> None:
    """Or the tests below would test nothing."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py", "test_program.py"):
        assert (project / name).is_file()


def test_the_pasted_test_passes(project: Path) -> None:
    """Under mocks, with the functions' code found."""
    printed = run(project / ".venv/bin/python", "-m", "pytest", "-q", cwd=project)

    assert "1 passed" in printed


def test_the_pasted_program_is_typed(project: Path) -> None:
    """`py.typed` is there, and strict mypy has nothing to say."""
    # What `make check` knows of Pulumi's AWS provider is used where it is: it takes half a minute.
    as_here = ("--explicit-package-bases", "--warn-unreachable", "--python-version", "3.11")
    cache = ("--cache-dir", ROOT / ".mypy_cache")
    mypy = (project / ".venv/bin/python", "-m", "mypy", "--strict", *as_here, *cache)

    run(*mypy, "__main__.py", "test_program.py", cwd=project)


def test_the_functions_code_imports_nothing_but_itself(project: Path) -> None:
    """The archive of an installed package starts in Lambda, where `videoconverter` is not."""
    archive = project / "archive"
    shutil.copytree(
        next(project.glob(f".venv/lib/*/site-packages/{PACKAGE}/handlers")), archive / "handlers"
    )
    program = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); import handlers.names, handlers.events;"
        f" assert not any(name.startswith({PACKAGE!r}) for name in sys.modules)"
    )

    run(project / ".venv/bin/python", "-c", program, cwd=project)


def test_the_commands_transcode_with_the_pasted_program(project: Path) -> None:
    """`videoconverter-local` deploys it into the local cloud: two renditions come out."""
    clip = clips.make(
        project / "clip.mp4", *clips.picture(size="640x360", seconds=0.2), *clips.H264
    )

    run(project / ".venv/bin/videoconverter-local", "transcode", "--json", clip.name, cwd=project)

    for preset in ("720p", "1080p"):
        with av.open(str(project / "out" / f"clip-{preset}.mp4")) as container:
            assert (640, 360) == tuple(
                getattr(container.streams.video[0], side) for side in ("width", "height")
            )


def test_the_cloud_stays_in_the_background_and_serves_its_page(project: Path) -> None:
    """The command starts itself again, by the name that it has in the package."""
    done = subprocess.run(  # noqa: S603 -- a list of arguments
        [project / ".venv/bin/videoconverter-local", "up", "--shell"],
        cwd=project,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    [pid] = re.findall(r"LOCAL_CLOUD_PID=(\d+)", done.stdout)
    try:
        [page] = re.findall(r"Its page: (\S+)", done.stderr)
        with urllib.request.urlopen(page) as answer:  # noqa: S310 -- of this machine
            assert b"<html" in answer.read()
    finally:
        os.kill(int(pid), signal.SIGTERM)
        until_gone(int(pid))


def until_gone(pid: int) -> None:
    """Wait for a process of this test, which is no child of this one."""
    deadline = time.monotonic() + 20
    while any(process.pid == pid for process in processes()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_functions_of_the_installed_local_cloud_check_their_requests(project: Path) -> None:
    """Python only prints what goes wrong when it starts, so this would be missed."""
    [start] = project.glob(f".venv/lib/*/site-packages/{PACKAGE}/local/function_start")
    program = (
        f"import runpy, sys; runpy.run_path({str(start / 'sitecustomize.py')!r});"
        "from botocore.handlers import BUILTIN_HANDLERS;"
        "print(BUILTIN_HANDLERS[-1][1].__name__, 'pulumi' in sys.modules)"
    )

    printed = run(project / ".venv/bin/python", "-c", program, cwd=project)

    assert "refuse_what_aws_refuses False" == printed.strip()


def test_the_operator_s_commands_are_there(project: Path) -> None:
    """They load every command."""
    printed = run(project / ".venv/bin/videoconverter-operate", "--help", cwd=project)

    assert "dead-letters" in printed


def test_without_a_project_the_commands_say_so(project: Path, tmp_path: Path) -> None:
    """An installed package has no Pulumi.yaml of its own."""
    done = subprocess.run(  # noqa: S603 -- a list of arguments
        [project / ".venv/bin/videoconverter-local", "up"],
        cwd=tmp_path,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 2 == done.returncode
    assert f"{tmp_path} has no Pulumi.yaml; go to the folder of a Pulumi project" in done.stderr


@pytest.mark.parametrize(
    ("folder", "line", "installed"),
    [
        (("components",), "from components.scope import Scope", "from .scope import Scope"),
        (("components", "presets"), "from components import defaults", "from .. import defaults"),
        (("components",), "from handlers.names import A", "from ..handlers.names import A"),
        (("operate", "verify"), "    from local import b", "    from ...local import b"),
        (("handlers",), "from handlers import names", "from . import names"),
        ((), "from components import TranscodeFanout", "from .components import TranscodeFanout"),
        (("local",), "from pathlib import Path", "from pathlib import Path"),
    ],
)
def test_an_import_becomes_relative(folder: tuple[str, ...], line: str, installed: str) -> None:
    """Within a part it stays within the part, so that the functions' code needs nothing above."""
    source = f"def f():\n{line}\n" if line.startswith(" ") else f"{line}\n"

    assert installed in relative(source, folder, "module.py").splitlines()


def test_the_oldest_versions_are_those_that_the_tests_run_with() -> None:
    """Nobody has seen it work with older ones."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = dict(
        re.findall(r"^([\w-]+)(?:\[.*\])?==(.+)$", _requirements(), flags=re.MULTILINE),
    )
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    bounds = [
        re.fullmatch(r"([\w-]+)(?:>=|==)([\d.]+)(?:,<\d.*)?", line)
        for line in (*project["dependencies"], *extras)
        if not line.startswith(PACKAGE)
    ]

    assert bounds
    for bound in bounds:
        assert bound
        assert pinned[bound[1]] == bound[2]


def _requirements() -> str:
    names = ("requirements.txt", "requirements-dev.txt")
    return "\n".join((ROOT / name).read_text() for name in names)
