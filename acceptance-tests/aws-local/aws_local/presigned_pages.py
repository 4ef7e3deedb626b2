"""What opens behind the presigned URLs of notebook instances and Studio: a page that says who is signed in, and where.

Their hosts are not this machine. A browser or a test asks here with the host in its header (`curl --connect-to`).
"""

from __future__ import annotations

import urllib.parse
from typing import Any

from .reply import Reply

# Source: API reference, CreatePresignedNotebookInstanceUrl ("The URL ... is valid only for 5 minutes").
NOTEBOOK_SECONDS = 300
# Source: API reference, CreatePresignedDomainUrl.ExpiresInSeconds.
STUDIO_SECONDS = 300
_SIGN_IN = "https://signin.aws.amazon.com/console"


def is_host(environ: dict[str, Any]) -> bool:
    """Whether a request is for a notebook instance or Studio."""
    return environ.get("HTTP_HOST", "").partition(":")[0].endswith(".sagemaker.aws")


def note(engine: Any, url: str, shows: str, seconds: float) -> str:
    """Remember for how long a URL can be opened, and what it shows; answers the URL."""
    engine.urls[url] = (engine.clock.now() + seconds, shows)
    return url


def page(state: Any, environ: dict[str, Any]) -> Reply:
    """What a URL opens. One that is not valid, or no more, leads to the sign-in page of the console."""
    host, path = environ["HTTP_HOST"].partition(":")[0], environ.get("PATH_INFO", "").rstrip("/")
    url = urllib.parse.urlunsplit(("https", host, path, environ.get("QUERY_STRING", ""), ""))
    until, shows = state.engine.urls.get(url, (0.0, ""))
    if state.engine.clock.now() >= until:
        # Source: API reference, CreatePresignedDomainUrl.
        return Reply(302, [("Location", _SIGN_IN), ("Content-Length", "0")])
    body = f"<!doctype html>\n<title>SageMaker</title>\n<p>{shows}</p>\n".encode()
    return Reply(200, [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))], body)
