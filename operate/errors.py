"""What an operator is told instead of a traceback."""


class OperateError(Exception):
    """Something went wrong that the message explains; exit code 1."""


class UsageError(OperateError):
    """The command line asks for something that cannot be; exit code 2."""


class StackConfigError(UsageError):
    """There is no such stack, or its configuration is not what Pulumi.yaml asks for."""
