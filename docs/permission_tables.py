"""Who may do what: the tables that the tests hold every policy against."""

from docs.markdown import code, table
from tests.permissions.calls import ALLOWED, DENIED


def allowed() -> str:
    """All that is allowed."""
    return table(
        ("Who", "May", "On", "Only with"),
        (
            (
                row.caller.format("PRESET"),
                code(row.may.split()),
                row.on.format("PRESET"),
                f"`{row.option}`" if row.option else "",
            )
            for row in ALLOWED
        ),
    )


def denied() -> str:
    """Some of what is denied."""
    return table(
        ("Who", "Must not", "On"),
        ((caller, f"`{action}`", target) for caller, action, target in DENIED),
    )
