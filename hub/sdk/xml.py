"""XML of strangers, read safely: no DTD, no entity, nothing fetched, bounded in bytes, depth and elements.

libxml2's own limits stay on (depth 256, a text 10 MB). Names are compared without their namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

#: Elements of one document: an invoice of ten thousand lines has about half of it.
MAX_ELEMENTS: Final = 500_000
_CHUNK: Final = 32 * 1024
_HARDENED: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "dtd_validation": False,
    "remove_comments": True,
    "remove_pis": True,
}


class XmlRefused(Exception):
    """A document that is not read. `reason` is ``doctype``, ``size``, ``elements`` or ``form``; the text says more."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def parse(body: bytes, *, max_bytes: int, max_elements: int = MAX_ELEMENTS) -> Any:
    """The root element of `body` (an lxml element).

    Raises:
        XmlRefused: too large, a DOCTYPE, too many elements, or not well formed.
    """
    if len(body) > max_bytes:
        raise XmlRefused("size", f"{len(body):,} bytes, {max_bytes:,} are allowed")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise XmlRefused("doctype", "it declares a DOCTYPE or entities")
    parser = etree.XMLPullParser(events=("start",), **_HARDENED)
    events: Iterator[Any] = parser.read_events()
    count = 0
    try:
        for at in range(0, len(body), _CHUNK):
            parser.feed(body[at : at + _CHUNK])
            count += sum(1 for _ in events)
            if count > max_elements:
                raise XmlRefused("elements", f"more than {max_elements:,} elements")
        root: Any = parser.close()
    except etree.XMLSyntaxError as error:
        raise XmlRefused("form", str(error.msg)[:200]) from None
    if root.getroottree().docinfo.internalDTD is not None:  # written in UTF-16, it passed the first look
        raise XmlRefused("doctype", "it declares a DOCTYPE")
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def all_at(element: Any, *path: str) -> list[Any]:
    """The elements at `path` below `element`, by local names, in document order; `element` None gives none."""
    found = [element] if element is not None else []
    for name in path:
        found = [child for one in found for child in one if local(child) == name]
    return found


def first_at(element: Any, *path: str) -> Any:
    """The first element at `path` below `element`, else None."""
    found = all_at(element, *path)
    return found[0] if found else None


def text_at(element: Any, *path: str) -> str:
    """The text of the first element at `path`, blanks at its ends removed; empty when there is none."""
    for one in all_at(element, *path):
        if text := (one.text or "").strip():
            return text
    return ""


def serialized(element: Any) -> bytes:
    """The element's bytes in UTF-8."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=False, with_tail=False)
