"""The two ways in which MediaConvert says no: to a request, and to a job."""


class ApiError(Exception):
    """A request is refused; boto3 raises `client.exceptions.<name>`.

    Attributes:
        name: Error shape of the service model, such as `BadRequestException`.
        message: What was wrong, and what to do.
    """

    def __init__(self, name: str, message: str) -> None:
        """Keep the error shape's name and the sentence."""
        super().__init__(message)
        self.name = name
        self.message = message


class JobError(Exception):
    """A job ends in ERROR.

    Attributes:
        code: MediaConvert's job error code.
        message: What was wrong, and what to do.
    """

    CANNOT_OPEN_INPUT = 1010
    NO_VIDEO = 1020
    NO_AUDIO = 1021
    UNSUPPORTED_CODEC = 1030
    INCOMPATIBLE_SETTINGS = 1040
    DISK_FULL = 1050
    NO_MOOV = 1075
    TRUNCATED = 1076
    ACCESS_DENIED = 1401
    NOT_FOUND = 1404
    ROLE_LACKS_PERMISSION = 1432
    ROLE_MISSING = 1433
    ROLE_DOES_NOT_TRUST = 1434
    MALFORMED_ROLE = 1515
    CANNOT_WRITE_OUTPUT = 1517
    UNEXPECTED = 1999

    def __init__(self, code: int, message: str) -> None:
        """Keep the code and the sentence."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class CanceledError(Exception):
    """The work on a job was told to stop."""
