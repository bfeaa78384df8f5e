"""Errors whose message an operator reads, instead of a traceback."""


class OperateError(Exception):
    """The command failed, for the reason in the message; exit code 1."""


class UsageError(OperateError):
    """The command line, or a file that it names, is wrong; exit code 2."""


class StackConfigError(UsageError):
    """The stack does not exist, or its configuration does not fit Pulumi.yaml."""
