"""HTTP on 127.0.0.1 with kept-alive connections."""

from __future__ import annotations

import logging
from typing import Any

from cheroot import wsgi

HOST = "127.0.0.1"
THREADS = 48
# How long the end waits for calls under way: kept-alive connections would hold it up as long as they may.
SHUTDOWN_SECONDS = 0.2


class Gateway(wsgi.WSGIGateway_10):
    """Gives the application the connection, for faults that cut it."""

    def get_environ(self) -> dict[str, Any]:
        """The WSGI environment, with the connection and the raw request target."""
        environ = super().get_environ()
        environ["aws_local.connection"] = self.req.conn
        # What werkzeug's own server gives: moto reads the undecoded target from it.
        environ["RAW_URI"] = environ["REQUEST_URI"] = self.req.uri.decode("latin-1")
        # WSGI folds `-` and `_` in header names; the names of S3 metadata may have either, and moto looks here.
        environ["moto.preserved_header_names"] = {
            "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): name.decode("latin-1")
            for name in self.req.inheaders
            if b"_" in name and name.lower().startswith(b"x-amz-meta-")
        }
        environ["wsgi.url_scheme"] = "http"
        environ["SERVER_NAME"] = HOST
        return environ


class Server(wsgi.Server):
    """A threaded WSGI server on loopback only."""

    def __init__(self, application: Any, port: int) -> None:
        super().__init__(
            (HOST, port),
            application,
            numthreads=THREADS,
            request_queue_size=256,
            timeout=600,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        self.gateway = Gateway
        self.wsgi_version = (1, 0)
        self.nodelay = True
        # Uploads of models: no limit.
        self.max_request_body_size = 0

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Broken connections are what faults are for; the rest goes to the log."""
        logging.getLogger("aws_local.server").log(level, msg, exc_info=traceback)
