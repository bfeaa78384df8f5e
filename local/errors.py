"""What a user of the local cloud is told instead of a traceback."""


class LocalError(Exception):
    """Something went wrong that the message explains; exit code 1."""


class UsageError(LocalError):
    """The command line asks for something that cannot be; exit code 2."""


class EmulatorError(LocalError):
    """The emulator did not start, or is gone."""


class DeployError(LocalError):
    """The program asks for something that cannot be created here."""
