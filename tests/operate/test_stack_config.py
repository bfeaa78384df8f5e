"""A stack's configuration is read as Pulumi reads it."""

from pathlib import Path

import pytest

from operate.errors import StackConfigError
from operate.stack_config import DEFAULT_REGION, StackConfig

PROJECT = """
name: shop
runtime: python
config:
  size: {type: integer, default: 5}
  names: {type: array, items: {type: string}}
  "aws:region": {value: eu-north-1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with a stack `dev`."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  shop:names: [a]\n")
    return tmp_path


def test_values_over_defaults(project: Path) -> None:
    """A value of the stack file replaces the default; keys get the project's namespace."""
    (project / "Pulumi.big.yaml").write_text("config: {size: 9, shop:names: [a, b]}")

    assert (5, ["a"]) == tuple(map(StackConfig.load(project, "dev").value, ("size", "names")))
    assert (9, ["a", "b"]) == tuple(map(StackConfig.load(project, "big").value, ("size", "names")))


def test_region(project: Path) -> None:
    """The region is the provider's, with a default where nobody names one."""
    (project / "Pulumi.far.yaml").write_text("config: {names: [], 'aws:region': us-west-2}")

    assert "eu-north-1" == StackConfig.load(project, "dev").region
    assert "us-west-2" == StackConfig.load(project, "far").region
    assert DEFAULT_REGION == StackConfig("shop", "dev", {}).region


def test_an_unknown_stack(project: Path) -> None:
    """The error names the file that would be needed and the stacks that exist."""
    with pytest.raises(StackConfigError, match=r"Pulumi\.prod\.yaml does not exist.* dev"):
        StackConfig.load(project, "prod")


def test_a_missing_value(project: Path) -> None:
    """A value without a default must be given."""
    (project / "Pulumi.empty.yaml").write_text("")

    with pytest.raises(StackConfigError, match="shop:names has no value"):
        StackConfig.load(project, "empty")


@pytest.mark.parametrize("value", ["'9'", "9.5", "true", "[9]"])
def test_a_value_of_another_type(project: Path, value: str) -> None:
    """A value must be of the declared type, exactly."""
    (project / "Pulumi.odd.yaml").write_text(f"config: {{names: [], size: {value}}}")

    with pytest.raises(StackConfigError, match=r"shop:size is .* type must be integer"):
        StackConfig.load(project, "odd")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("config: {", "not YAML"),
        ("[]x", "not YAML"),
        ("- a", "must hold settings by name"),
        ("config: text", "config must hold settings by name"),
    ],
)
def test_a_file_that_is_no_configuration(project: Path, text: str, complaint: str) -> None:
    """A broken file is named."""
    (project / "Pulumi.broken.yaml").write_text(text)

    with pytest.raises(StackConfigError, match=rf"Pulumi\.broken\.yaml.*{complaint}"):
        StackConfig.load(project, "broken")


def test_a_file_without_values(project: Path) -> None:
    """A stack that only takes defaults needs no values."""
    text = PROJECT.replace("items: {type: string}}", "items: {type: string}, default: []}")
    (project / "Pulumi.yaml").write_text(text)
    (project / "Pulumi.bare.yaml").write_text("config:\n")

    assert [] == StackConfig.load(project, "bare").value("names")


def test_an_unknown_key_is_refused_with_the_nearest_name(project: Path) -> None:
    """A slip would leave the default in place; keys of other namespaces are for others."""
    (project / "Pulumi.slip.yaml").write_text(
        "config: {names: [], 'shop:sise': 5, 'aws:region': eu-west-1, 'pulumi:tags': {}}"
    )

    with pytest.raises(
        StackConfigError, match=r"shop:sise does not exist \(did you mean \"shop:size\"\?\)\.$"
    ):
        StackConfig.load(project, "slip")
