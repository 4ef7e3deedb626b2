"""S3: text stays as it was sent. moto strips the blanks at the ends of tags and has no keys with line ends."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from . import wrap


def _tags(body: bytes | str) -> dict[str, str]:
    """The tags of a Tagging document."""
    found = {}
    for tag in ElementTree.fromstring(body).iter():
        if tag.tag.rpartition("}")[2] == "Tag":
            members = {member.tag.rpartition("}")[2]: member.text or "" for member in tag}
            found[members["Key"]] = members.get("Value", "")
    return found


def apply(state: Any) -> None:
    """Patch how moto reads tags and routes keys."""
    from moto.moto_server.utilities import RegexConverter
    from moto.s3.responses import S3Response

    def read(original: Any) -> Any:
        def tags(self: Any) -> dict[str, str]:
            # moto's own reading refuses what is not allowed.
            original(self)
            return _tags(self.body)

        return tags

    def init(original: Any) -> Any:
        def made(self: Any, url_map: Any, *items: Any) -> None:
            original(self, url_map, *items)
            # A dot is any character, also the end of a line.
            self.regex = f"(?s:{self.regex})"

        return made

    wrap(S3Response, "_tagging_from_xml", read)
    wrap(S3Response, "_bucket_tagging_from_body", read)
    wrap(RegexConverter, "__init__", init)
