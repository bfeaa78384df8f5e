"""Where the emulator is reached: a loopback port and a certificate, there before the process."""

import socket
from pathlib import Path
from typing import Final

import trustme

HOST: Final = "127.0.0.1"

_BACKLOG: Final = 128
"""Connections that may wait while the emulator starts."""


class Door:
    """A bound socket on a free port, and a certificate for it.

    The socket is handed to the child, so no other process can take the port in between, and whoever
    connects early waits instead of failing.
    """

    def __init__(self, folder: Path) -> None:
        """Bind the port and write the certificate.

        Args:
            folder: where certificate and key are written.
        """
        self.socket = socket.create_server((HOST, 0), backlog=_BACKLOG)
        self.port: int = self.socket.getsockname()[1]
        self.url = f"https://{HOST}:{self.port}"
        self.ca_bundle = folder / "ca.pem"
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"
        self._write_certificate()

    def _write_certificate(self) -> None:
        authority = trustme.CA()
        leaf = authority.issue_cert(HOST)
        authority.cert_pem.write_to_path(str(self.ca_bundle))
        leaf.private_key_pem.write_to_path(str(self.key))
        leaf.cert_chain_pems[0].write_to_path(str(self.certificate))
